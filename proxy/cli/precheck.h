#pragma once

#include <filesystem>
#include <string>

#include "proxy/cli/check.h"

namespace breakwater::cli {

struct PrecheckOptions {
  std::filesystem::path policy;
  std::filesystem::path config;
  std::filesystem::path state;
  std::string group;
  std::string at;     ///< civil time at which the lesson begins
  std::string until;  ///< and ends; empty: only that moment counts
  std::string file;   ///< of sites or HAR; "-": standard input
  Output output = Output::text;
};

/// Judges the sites that a lesson needs with the engine of the live path, and says which pass would open what fails.
/// Returns the exit code: 1 where something fails.
int precheck(const PrecheckOptions& options);

}  // namespace breakwater::cli
