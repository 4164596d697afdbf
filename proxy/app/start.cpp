#include "proxy/app/start.h"

#include <iostream>

#include <spdlog/spdlog.h>
#include <sys/resource.h>

#include "proxy/snapshot/loader.h"
#include "rules/civil_time.h"

namespace breakwater::app {
namespace {

constexpr int kWrong = 1;
constexpr int kCannotRead = 2;

}  // namespace

void raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

std::optional<snapshot::Settings> read_settings(const std::filesystem::path& config, int& code) {
  if (config.empty()) return snapshot::default_settings();
  std::string error;
  const auto text = snapshot::read_file(config, error);
  if (!text) {
    std::cerr << "breakwater: " << config.string() << ": cannot be read: " << error << '\n';
    code = kCannotRead;
    return std::nullopt;
  }
  categories::Diagnostics diagnostics;
  auto settings = snapshot::parse_settings(*text, config, diagnostics);
  for (const auto& diagnostic : diagnostics)
    std::cerr << to_string(diagnostic) << '\n';
  code = kWrong;
  return categories::has_errors(diagnostics) ? std::nullopt : std::optional(std::move(settings));
}

std::optional<Clock> make_clock(const ServeOptions& options) {
  if (options.clock.empty()) return Clock();
  const auto* zone = snapshot::zone_of(options.policy);
  const auto start = zone ? rules::parse_civil(options.clock, *zone) : std::nullopt;
  if (!start) {
    std::cerr << "breakwater: --clock \"" << options.clock << "\" is no civil time, as 2026-11-23T10:00\n";
    return std::nullopt;
  }
  spdlog::warn("the clock is set to {} for a demonstration: log and records are not evidence", options.clock);
  return Clock(*start - Clock().seconds());
}

}  // namespace breakwater::app
