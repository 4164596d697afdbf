#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "proxy/cli/check.h"

namespace breakwater::cli {

struct ExplainOptions {
  std::filesystem::path policy;
  std::filesystem::path state;  ///< of a gateway: with the feeds that it downloaded; empty: none
  Output output = Output::text;
  std::vector<std::string> targets;  ///< URLs and hosts
};

/// Shows for each target every entry that matches, with list, line, text and category, and what the policy makes of it
/// for each group in each period. Entries of locked lists are not shown, only that there is one. Returns the exit code.
int explain(const ExplainOptions& options);

}  // namespace breakwater::cli
