#pragma once

#include <optional>
#include <string_view>

#include "proxy/reports/period.h"
#include "rules/report_schedule.h"

namespace breakwater::reports {

enum class Every : std::uint8_t { day, week, month };
std::string_view to_string(Every every);

/// A report that has come due.
struct Due {
  rules::SysSeconds at;
  std::chrono::sys_days first;  ///< the first day that it tells of
  std::chrono::sys_days after;  ///< the day after the last
};

/// The last one of a kind that was due at `now` or before. Of a day on which nobody works there is none; the next one
/// tells of it. A week or month without a working day has none at all. `working` is the schedule's timetable; nullptr:
/// Monday to Friday. nullopt: in a year there was none.
std::optional<Due> last_due(Every every, const rules::ReportSchedule& schedule, const rules::Timetable* working,
                            rules::SysSeconds now, const date::time_zone& zone);

/// What the words call it: a day, week or month where it is one.
Period period_of(std::chrono::sys_days first, std::chrono::sys_days after, const date::time_zone& zone);

}  // namespace breakwater::reports
