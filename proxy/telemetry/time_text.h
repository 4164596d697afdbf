#pragma once

#include <chrono>
#include <string>

namespace breakwater::telemetry {

/// As a line of the access log begins: "2026-11-23T10:00:00.000Z". Such texts are in the order of their times.
std::string time_text(std::chrono::sys_time<std::chrono::milliseconds> time);

}  // namespace breakwater::telemetry
