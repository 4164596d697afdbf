#pragma once

#include <filesystem>

namespace breakwater::cli {

/// Prints the proxy auto-configuration file that the settings give. Returns the exit code.
int pac(const std::filesystem::path& config);

}  // namespace breakwater::cli
