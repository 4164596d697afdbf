#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "categories/diagnostic.h"

namespace breakwater::cli {

inline constexpr int kWrong = 1;  ///< the thing asked about is wrong
inline constexpr int kUsage = 2;  ///< usage, or the environment

/// Says on standard error why a command ends; returns `code`.
int fail(std::string_view message, int code = kUsage);

/// Diagnostics on standard error: the errors, or all of them.
void print_errors(const categories::Diagnostics& diagnostics);

/// RFC 3339 in UTC; "never" for the beginning of time.
std::string utc_text(std::chrono::sys_seconds when);
std::string utc_text(std::chrono::sys_time<std::chrono::milliseconds> when);
/// "3 h", "2 days"
std::string age_text(std::chrono::seconds age);

std::chrono::sys_seconds now();

}  // namespace breakwater::cli
