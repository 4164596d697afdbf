#include "rules/quota_parser.h"

#include <array>

#include "rules/quantity_reader.h"

namespace breakwater::rules {
namespace {

constexpr std::int64_t kMostMinutes = 24 * 60;
/// Less than a page would be spent before it has loaded.
constexpr Bounds kBytes{"64KiB", "1024GiB"};

std::optional<std::chrono::minutes> read_minutes(TomlTable& table, DiagnosticSink& sink) {
  const auto number = table.number("minutes");
  if (!number) return std::nullopt;
  if (number->value >= 1 && number->value <= kMostMinutes) return std::chrono::minutes(number->value);
  sink.error(number->place,
             "minutes: " + std::to_string(number->value) + " is not within 1 and " + std::to_string(kMostMinutes));
  return std::nullopt;
}

Quota::Per read_per(TomlTable& table, DiagnosticSink& sink) {
  constexpr std::array<std::string_view, 2> kNames{"period", "day"};
  const auto text = table.text("per", Need::required);
  if (!text || text->value == kNames[0]) return Quota::Per::period;
  if (text->value != kNames[1])
    sink.error(text->place, "per: " + in_quotes(text->value) + R"( is neither "period" nor "day")" +
                                sink.did_you_mean(text->place, text->value, kNames));
  return Quota::Per::day;
}

}  // namespace

QuotaDraft parse_quota(TomlTable& table, CategoryNames& names, DiagnosticSink& sink) {
  QuotaDraft draft;
  if (auto name = table.label("name", Need::required)) draft.quota.name = std::move(name->value);
  draft.place = table.place("name");
  draft.groups = table.texts("groups", Need::filled);
  draft.periods = table.texts("periods", Need::filled);
  draft.categories = table.texts("categories", Need::required);
  std::erase_if(draft.categories, [&](const Text& text) { return !names.check(text); });
  draft.quota.minutes = read_minutes(table, sink);
  draft.quota.bytes = read_size(table, "bytes", kBytes, sink);
  if (!table.has("minutes") && !table.has("bytes"))
    sink.error(table.place(), "this quota limits nothing: it needs minutes or bytes");
  draft.quota.per = read_per(table, sink);
  table.check_unknown();
  return draft;
}

void check_returns(const QuotaDraft& draft, const std::vector<Group>& groups, DiagnosticSink& sink) {
  if (draft.quota.per != Quota::Per::period) return;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    if (groups[i].timetable || !draft.quota.holds(static_cast<GroupId>(i), "")) continue;
    sink.error(draft.place, "group " + in_quotes(groups[i].name) +
                                " has no timetable: this quota would never return to it (name other groups, or write "
                                "per = \"day\")");
  }
}

}  // namespace breakwater::rules
