#pragma once

#include <filesystem>
#include <string>

#include "proxy/cli/check.h"

namespace breakwater::cli {

struct WhoOptions {
  std::filesystem::path state;  ///< of the gateway
  std::string address;          ///< empty: all
  Output output = Output::text;
};

/// Shows who the gateway thinks is where, and why. Returns the exit code: 1 where nothing is known of the address.
int who(const WhoOptions& options);

}  // namespace breakwater::cli
