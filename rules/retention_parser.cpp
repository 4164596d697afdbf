#include "rules/retention_parser.h"

#include <charconv>

#include "rules/policy_names.h"

namespace breakwater::rules {
namespace {

constexpr int kMaxDays = 36'600;  // a hundred years

std::optional<std::chrono::days> parse_days(std::string_view text) {
  int days = 0;
  const auto* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, days);
  if (error != std::errc() || end - stop != 1 || *stop != 'd' || days < 1 || days > kMaxDays) return std::nullopt;
  return std::chrono::days(days);
}

std::optional<std::chrono::days> read_days(TomlTable& table, std::string_view key, DiagnosticSink& sink) {
  const auto text = table.text(key);
  if (!text) return std::nullopt;
  const auto days = parse_days(text->value);
  if (!days)
    sink.error(text->place, std::string(key).append(": ").append(in_quotes(text->value)) +
                                " is no number of days from 1d to 36600d, as 90d");
  return days;
}

}  // namespace

Retention parse_retention(TomlTable& table, DiagnosticSink& sink) {
  Retention retention;
  for (const auto& [key, age] : kPurposes)
    retention.*age = read_days(table, key, sink);
  table.check_unknown();
  return retention;
}

}  // namespace breakwater::rules
