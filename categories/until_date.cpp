#include "categories/until_date.h"

#include <algorithm>

namespace breakwater::categories {
namespace {

constexpr std::string_view kShape = "0000-00-00";  // ISO 8601, the extended form

std::optional<std::chrono::sys_days> parse_day(std::string_view text) {
  const auto fits = [](char c, char shape) { return shape == '0' ? is_digit(c) : c == shape; };
  if (!std::ranges::equal(text, kShape, fits)) return std::nullopt;
  const auto number = [text](std::size_t at, std::size_t digits) {
    int value = 0;
    for (const char c : text.substr(at, digits))
      value = value * 10 + (c - '0');
    return value;
  };
  const std::chrono::year_month_day day{std::chrono::year{number(0, 4)},
                                        std::chrono::month{static_cast<unsigned>(number(5, 2))},
                                        std::chrono::day{static_cast<unsigned>(number(8, 2))}};
  if (!day.ok()) return std::nullopt;
  return std::chrono::sys_days{day};
}

}  // namespace

UntilDate parse_until(const Word& comment) {
  Words words{comment};
  const auto first = words.next();
  if (!first || (first->text != "until" && to_lower(first->text) != "until")) return {};
  const auto date = words.next();
  if (!date) return {std::nullopt, *first};
  if (const auto day = parse_day(date->text.substr(0, date->text.find(',')))) return {day, std::nullopt};
  return {std::nullopt, *date};
}

}  // namespace breakwater::categories
