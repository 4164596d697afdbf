#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

#include "categories/result.h"

namespace breakwater::rules {

enum class QuantityError : std::uint8_t {
  no_number,     ///< does not begin with a whole number
  no_unit,       ///< a bare number: seconds or minutes? It must say
  unknown_unit,  ///< something else behind the number
  too_large,     ///< over kMaxDuration, or over 2^63 - 1 bytes
};

/// Longer than any deadline or grace that makes sense, and far from overflow.
inline constexpr std::chrono::milliseconds kMaxDuration = std::chrono::hours(24 * 366);

/// "250ms", "60s", "5m", "1h": a whole number and its unit, without space.
Result<std::chrono::milliseconds, QuantityError> parse_duration(std::string_view text);

/// "512B", "64KiB", "10MiB", "1GiB", in bytes.
Result<std::uint64_t, QuantityError> parse_size(std::string_view text);

/// Phrases that follow the quoted text: "\"5\" has no unit (write 250ms, 60s, 5m or 1h)".
std::string_view duration_phrase(QuantityError error);
std::string_view size_phrase(QuantityError error);

}  // namespace breakwater::rules
