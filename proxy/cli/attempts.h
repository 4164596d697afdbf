#pragma once

#include <filesystem>
#include <string>

#include "proxy/cli/check.h"

namespace breakwater::cli {

/// Lists the recorded attempts, oldest first. `since` is an RFC 3339 time, a date, or a duration back from now ("24h");
/// empty: all. Names are shown where they are not sealed to anybody yet, and are null otherwise.
int attempts(const std::filesystem::path& state, const std::string& since, Output output);

}  // namespace breakwater::cli
