#include "proxy/cli/acceptances.h"

#include <iostream>

#include <fmt/format.h>

#include "proxy/cli/terminal.h"
#include "proxy/portal/acceptance_book.h"

namespace breakwater::cli {

int acceptances(const std::filesystem::path& state, Output output) {
  const auto print = [output](const portal::Accepted& accepted) {
    if (output == Output::json)
      std::cout << to_json(accepted) << '\n';
    else
      std::cout << fmt::format("{}  version {}  {}  {} at {}\n", accepted.time, accepted.version, accepted.person,
                               accepted.group, accepted.address);
  };
  std::uint64_t damaged = 0;
  const auto failed = portal::read_acceptances(state, print, damaged);
  std::cout << std::flush;
  if (failed) return fail(*failed);
  return damaged == 0 ? 0 : fail(fmt::format("{} damaged lines are left out", damaged), kWrong);
}

}  // namespace breakwater::cli
