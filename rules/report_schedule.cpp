#include "rules/report_schedule.h"

#include "rules/civil_time.h"

namespace breakwater::rules {

bool is_working_day(const Timetable* timetable, std::chrono::sys_days day) {
  if (timetable == nullptr) return std::chrono::weekday(day).iso_encoding() <= 5;
  const auto end = from_civil(day + std::chrono::days(1), {}, *timetable->zone);
  for (auto at = from_civil(day, {}, *timetable->zone); at < end;) {
    const auto span = timetable->at(at);
    if (span.period != timetable->outside) return true;
    at = span.until.value_or(end);
  }
  return false;
}

}  // namespace breakwater::rules
