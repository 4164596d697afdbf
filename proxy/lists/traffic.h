#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include "rules/rehearsal.h"

namespace breakwater::lists {

/// Which hosts were asked for lately, how often, by which group in which period: read from the access log and the logs
/// rotated before it, the newest first, `most_bytes` in all. Nothing else of a line is looked at. A log that cannot be
/// read gives nothing. Thread-safe; 64 MiB take about a fifth of a second.
std::vector<rules::Visits> recent_traffic(const std::filesystem::path& access_log, std::uint64_t most_bytes);

inline constexpr std::uint64_t kTrafficBytes = 64u << 20;

}  // namespace breakwater::lists
