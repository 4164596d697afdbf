#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "proxy/app/clock.h"
#include "proxy/snapshot/settings.h"

namespace breakwater::app {

struct ServeOptions {
  std::filesystem::path policy;
  std::filesystem::path config;  ///< empty: the defaults
  std::vector<std::string> listen;
  std::filesystem::path state = "/var/lib/breakwater";
  std::filesystem::path log;  ///< empty: as the settings say
  std::string clock;          ///< civil time at which a demonstration starts; empty: real time
};

/// Runs the gateway until SIGTERM or SIGINT. Returns the process's exit code; what is wrong has been told on standard
/// error.
int serve(const ServeOptions& options);

}  // namespace breakwater::app
