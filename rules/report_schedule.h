#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include "rules/recipient.h"
#include "rules/timetable.h"

namespace breakwater::rules {

/// Which reports are sent to whom, and when, on the centre's clocks. Roles for which nothing is to be made are empty.
struct ReportSchedule {
  using Roles = std::vector<Recipient::Role>;

  Roles daily{};                                       ///< on each working day, of the days since the last one
  Roles weekly{};                                      ///< of the last week, Monday to Sunday
  Roles monthly{};                                     ///< on the first working day of a month, of the last one
  std::chrono::minutes at{7 * 60 + 30};                ///< from midnight
  std::chrono::weekday weekday = std::chrono::Monday;  ///< of the weekly ones, or the next working day
  std::optional<std::uint16_t> working_days{};         ///< a timetable of the policy; none: Monday to Friday
};

/// Does the timetable have anything but its `outside` period on that day? nullptr: is it one of Monday to Friday?
bool is_working_day(const Timetable* timetable, std::chrono::sys_days day);

}  // namespace breakwater::rules
