#pragma once

#include <filesystem>
#include <vector>

#include "rules/calendar.h"
#include "rules/timetable.h"
#include "rules/toml_reader.h"

namespace breakwater::rules {

struct TimetableDraft {
  Timetable timetable;
  Place name_place;
  std::vector<Calendar> calendars;
  std::vector<Text> calendar_names;
  std::vector<std::string> named;   ///< by [[timetable.period]]
  std::vector<Text> other_periods;  ///< of exceptions and calendars, to be checked against what the rules name

  /// The periods of the weeks and `outside`, without those that only exceptions and calendars name.
  std::vector<std::string_view> week_periods() const;
};

/// Reads one [[timetable]]; what is wrong goes to the sink. Periods keep their names even where their times are wrong,
/// so that one mistake is not reported again by every rule.
TimetableDraft parse_timetable(TomlTable& table, const std::filesystem::path& folder, DiagnosticSink& sink);

/// "Mon" is 0, "Sun" is 6. nullopt: another word, which is in the sink.
std::optional<std::size_t> parse_weekday(const Text& text, DiagnosticSink& sink);

}  // namespace breakwater::rules
