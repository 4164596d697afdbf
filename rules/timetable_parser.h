#pragma once

#include <vector>

#include "rules/timetable.h"
#include "rules/toml_reader.h"

namespace breakwater::rules {

struct TimetableDraft {
  Timetable timetable;
  Place name_place;
  std::vector<std::string> named;       ///< by [[timetable.period]]
  std::vector<Text> exception_periods;  ///< as written, to be checked against what the rules name

  /// The periods of the week and `outside`, without those that only exceptions name.
  std::vector<std::string_view> week_periods() const;
};

/// Reads one [[timetable]]; what is wrong goes to the sink. Periods keep their names even where their times are wrong,
/// so that one mistake is not reported again by every rule.
TimetableDraft parse_timetable(TomlTable& table, DiagnosticSink& sink);

}  // namespace breakwater::rules
