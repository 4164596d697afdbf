#include "proxy/selftest/schedule.h"

#include <algorithm>

#include "rules/civil_time.h"

namespace breakwater::selftest {
namespace {

constexpr std::chrono::days kBack{1};

}  // namespace

bool is_working_day(const rules::Policy& policy, rules::SysSeconds when) {
  if (policy.timetables.empty()) {
    const std::chrono::weekday day(rules::civil_day(when, *policy.zone));
    return day != std::chrono::Saturday && day != std::chrono::Sunday;
  }
  const auto day = rules::day_of(when, *policy.zone);
  return std::any_of(policy.timetables.begin(), policy.timetables.end(), [&](const rules::Timetable& timetable) {
    for (auto at = day.from; at < day.until;) {
      const auto span = timetable.at(at);
      if (span.period != timetable.outside) return true;
      if (!span.until) return false;
      at = *span.until;
    }
    return false;
  });
}

bool is_due(const rules::Policy& policy, const std::vector<int>& at, rules::SysSeconds after, rules::SysSeconds until) {
  if (until <= after) return false;
  const auto today = rules::civil_day(until, *policy.zone);
  for (const auto day : {today - kBack, today}) {
    for (const auto minutes : at) {
      const auto when = rules::from_civil(day, std::chrono::minutes(minutes), *policy.zone);
      if (when > after && when <= until && is_working_day(policy, when)) return true;
    }
  }
  return false;
}

}  // namespace breakwater::selftest
