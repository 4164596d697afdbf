#pragma once

#include <filesystem>
#include <string>

namespace breakwater::telemetry {

/// When the first and the last whole line of an access log were begun, as they say it; "" where there is none that
/// says.
std::string first_time(const std::filesystem::path& file);
std::string last_time(const std::filesystem::path& file);

}  // namespace breakwater::telemetry
