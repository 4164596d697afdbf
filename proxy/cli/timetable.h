#pragma once

#include <filesystem>
#include <string>

#include "proxy/cli/check.h"

namespace breakwater::cli {

struct TimetableOptions {
  std::filesystem::path policy;
  std::filesystem::path state;  ///< of a gateway: with the calendars that it downloaded; empty: none
  std::string group;            ///< empty: every timetable that a group has
  std::string week;             ///< a date in it; empty: this week
  Output output = Output::text;
};

/// Draws a week of each timetable, and says what never ends or holds nothing. Returns the exit code.
int timetable(const TimetableOptions& options);

}  // namespace breakwater::cli
