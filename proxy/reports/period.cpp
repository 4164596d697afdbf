#include "proxy/reports/period.h"

namespace breakwater::reports {
namespace {

using rules::civil_day;
using rules::SysSeconds;
using std::chrono::sys_days;

Period between(sys_days first, sys_days after, const date::time_zone& zone, std::string span) {
  return {rules::from_civil(first, {}, zone), rules::from_civil(after, {}, zone), std::move(span)};
}

}  // namespace

Period last_day(SysSeconds now, const date::time_zone& zone) {
  const auto day = civil_day(now, zone);
  return between(day - std::chrono::days(1), day, zone, "day");
}

Period last_week(SysSeconds now, const date::time_zone& zone) {
  const auto day = civil_day(now, zone);
  const auto monday = day - (std::chrono::weekday(day) - std::chrono::Monday);
  return between(monday - std::chrono::weeks(1), monday, zone, "week");
}

Period last_month(SysSeconds now, const date::time_zone& zone) {
  const std::chrono::year_month_day day(civil_day(now, zone));
  const auto month = day.year() / day.month();
  return between(sys_days((month - std::chrono::months(1)) / 1), sys_days(month / 1), zone, "month");
}

Period days(sys_days first, sys_days last, const date::time_zone& zone) {
  return between(first, last + std::chrono::days(1), zone, first == last ? "day" : "time");
}

}  // namespace breakwater::reports
