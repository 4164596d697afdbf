#include "proxy/reports/due.h"

#include <array>

namespace breakwater::reports {
namespace {

using Days = std::chrono::days;
using std::chrono::months;
using std::chrono::sys_days;
using std::chrono::year_month_day;

constexpr Days kFurthest{366};

sys_days month_of(sys_days day) {
  const year_month_day civil(day);
  return civil.year() / civil.month() / 1;
}

/// The day from which on, until the next such day, there is one report: `day` or the last one before it.
sys_days begin_of(Every every, std::chrono::weekday weekday, sys_days day) {
  if (every == Every::day) return day;
  return every == Every::week ? day - (std::chrono::weekday(day) - weekday) : month_of(day);
}

sys_days next_begin(Every every, sys_days begin) {
  if (every == Every::month) return year_month_day(begin) + months(1);
  return begin + (every == Every::week ? Days(7) : Days(1));
}

}  // namespace

std::string_view to_string(Every every) {
  constexpr std::array<std::string_view, 3> kNames{"day", "week", "month"};
  return kNames[static_cast<std::size_t>(every)];
}

std::optional<Due> last_due(Every every, const rules::ReportSchedule& schedule, const rules::Timetable* working,
                            rules::SysSeconds now, const date::time_zone& zone) {
  const auto today = rules::civil_day(now, zone);
  const auto next_working = [&](sys_days day, sys_days end) {
    while (day < end && !is_working_day(working, day))
      day += Days(1);
    return day;
  };
  for (auto begin = begin_of(every, schedule.weekday, today); today - begin < kFurthest;
       begin = begin_of(every, schedule.weekday, begin - Days(1))) {
    const auto end = next_begin(every, begin);
    const auto day = next_working(begin, end);
    const auto at = rules::from_civil(day, schedule.at, zone);
    if (day == end || at > now) continue;
    if (every == Every::month) return Due{at, month_of(begin - Days(1)), begin};
    if (every == Every::week) {
      const auto monday = begin_of(Every::week, std::chrono::Monday, begin);
      return Due{at, monday - Days(7), monday};
    }
    auto first = day - Days(1);
    while (day - first < kFurthest && !is_working_day(working, first))
      first -= Days(1);
    return Due{at, first, day};
  }
  return std::nullopt;
}

Period period_of(sys_days first, sys_days after, const date::time_zone& zone) {
  auto period = reports::days(first, after - Days(1), zone);
  if (after - first == Days(7)) period.span = "week";
  if (after == sys_days(year_month_day(first) + months(1)) && first == month_of(first)) period.span = "month";
  return period;
}

}  // namespace breakwater::reports
