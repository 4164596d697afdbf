#pragma once

#include <filesystem>

#include "proxy/cli/check.h"

namespace breakwater::cli {

/// Lists who has accepted the acceptable-use text, oldest first. Returns the exit code.
int acceptances(const std::filesystem::path& state, Output output);

}  // namespace breakwater::cli
