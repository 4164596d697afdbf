#include "proxy/cli/terminal.h"

#include <iostream>

#include <fmt/chrono.h>

namespace breakwater::cli {

int fail(std::string_view message, int code) {
  std::cerr << "breakwater: " << message << '\n';
  return code;
}

void print_errors(const categories::Diagnostics& diagnostics) {
  for (const auto& diagnostic : diagnostics)
    if (diagnostic.severity == categories::Severity::error) std::cerr << to_string(diagnostic) << '\n';
}

std::string utc_text(std::chrono::sys_time<std::chrono::milliseconds> when) {
  return utc_text(std::chrono::floor<std::chrono::seconds>(when));
}

std::string utc_text(std::chrono::sys_seconds when) {
  if (when == std::chrono::sys_seconds{}) return "never";
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::chrono::system_clock::to_time_t(when)));
}

std::string age_text(std::chrono::seconds age) {
  using std::chrono::floor;
  if (age < std::chrono::minutes{2}) return fmt::format("{} s", age.count());
  if (age < std::chrono::hours{2}) return fmt::format("{} min", floor<std::chrono::minutes>(age).count());
  if (age < std::chrono::hours{48}) return fmt::format("{} h", floor<std::chrono::hours>(age).count());
  return fmt::format("{} days", floor<std::chrono::days>(age).count());
}

std::chrono::sys_seconds now() {
  return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

}  // namespace breakwater::cli
