#pragma once

#include <optional>
#include <string>

#include "rules/civil_time.h"

namespace breakwater::reports {

/// [from, until) on the clocks of a zone, and how words speak of it: "day", "week", "month" or "time".
struct Period {
  rules::SysSeconds from;
  rules::SysSeconds until;
  std::string span;
};

/// The last day, week (Monday to Sunday) or month that was over at `now`.
Period last_day(rules::SysSeconds now, const date::time_zone& zone);
Period last_week(rules::SysSeconds now, const date::time_zone& zone);
Period last_month(rules::SysSeconds now, const date::time_zone& zone);
/// Both days included.
Period days(std::chrono::sys_days first, std::chrono::sys_days last, const date::time_zone& zone);

}  // namespace breakwater::reports
