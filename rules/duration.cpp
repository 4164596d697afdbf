#include "rules/duration.h"

#include <charconv>
#include <limits>
#include <span>

namespace breakwater::rules {
namespace {

struct Unit {
  std::string_view name;
  std::uint64_t factor;
};

constexpr Unit kTimes[] = {{"ms", 1}, {"s", 1'000}, {"m", 60'000}, {"h", 3'600'000}};
constexpr Unit kSizes[] = {{"B", 1}, {"KiB", 1ULL << 10}, {"MiB", 1ULL << 20}, {"GiB", 1ULL << 30}};

Result<std::uint64_t, QuantityError> parse(std::string_view text, std::span<const Unit> units, std::uint64_t limit) {
  const auto digits = text.find_first_not_of("0123456789");
  if (text.empty() || digits == 0) return QuantityError::no_number;
  if (digits == std::string_view::npos) return QuantityError::no_unit;
  std::uint64_t number = 0;
  const auto written = text.substr(0, digits);
  const bool fits = std::from_chars(written.begin(), written.end(), number).ec == std::errc{};
  for (const auto& unit : units) {
    if (text.substr(digits) != unit.name) continue;
    if (!fits || number > limit / unit.factor) return QuantityError::too_large;
    return number * unit.factor;
  }
  return QuantityError::unknown_unit;
}

}  // namespace

Result<std::chrono::milliseconds, QuantityError> parse_duration(std::string_view text) {
  const auto parsed = parse(text, kTimes, static_cast<std::uint64_t>(kMaxDuration.count()));
  if (!parsed) return parsed.error();
  return std::chrono::milliseconds(*parsed);
}

Result<std::uint64_t, QuantityError> parse_size(std::string_view text) {
  return parse(text, kSizes, std::numeric_limits<std::int64_t>::max());
}

std::string_view duration_phrase(QuantityError error) {
  switch (error) {
    case QuantityError::no_number:
      return "is no duration (write 250ms, 60s, 5m or 1h)";
    case QuantityError::no_unit:
      return "has no unit (write 250ms, 60s, 5m or 1h)";
    case QuantityError::unknown_unit:
      return "has an unknown unit (there are ms, s, m and h)";
    case QuantityError::too_large:
      break;
  }
  return "is over 8784h";
}

std::string_view size_phrase(QuantityError error) {
  switch (error) {
    case QuantityError::no_number:
      return "is no size (write 512B, 64KiB, 10MiB or 1GiB)";
    case QuantityError::no_unit:
      return "has no unit (write 512B, 64KiB, 10MiB or 1GiB)";
    case QuantityError::unknown_unit:
      return "has an unknown unit (there are B, KiB, MiB and GiB)";
    case QuantityError::too_large:
      break;
  }
  return "is too large";
}

}  // namespace breakwater::rules
