#pragma once

#include <filesystem>
#include <string>

#include "proxy/cli/check.h"

namespace breakwater::cli {

struct CoverageOptions {
  std::filesystem::path state;  ///< directory given to serve
  std::string since = "168h";   ///< see parse_time(); what was recorded from then on
  std::string until;            ///< "": now
  Output output = Output::text;
};

/// Says what the gateway saw of where connections went, and what it did not: of its hourly records.
int coverage(const CoverageOptions& options);

}  // namespace breakwater::cli
