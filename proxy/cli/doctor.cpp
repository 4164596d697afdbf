#include "proxy/cli/doctor.h"

#include <iostream>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace breakwater::cli {

int doctor(const doctor::Installation& installation, Output output) {
  const auto findings = doctor::examine(installation);
  for (const auto& finding : findings) {
    if (output == Output::json) {
      const nlohmann::ordered_json line{{"check", finding.check},
                                        {"grade", to_string(finding.grade)},
                                        {"what", finding.what},
                                        {"mend", finding.mend}};
      std::cout << line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) << '\n';
      continue;
    }
    std::cout << fmt::format("{:<8} {:<12} {}\n", to_string(finding.grade), finding.check, finding.what);
    if (!finding.mend.empty()) std::cout << fmt::format("{:<21} {}\n", "", finding.mend);
  }
  return static_cast<int>(doctor::worst_of(findings));
}

}  // namespace breakwater::cli
