#pragma once

#include <vector>

#include "rules/policy.h"

namespace breakwater::selftest {

/// Has a group its hours on the civil day of `when`: a period that is not the one outside of its timetable? A policy
/// without timetables works from Monday to Friday.
bool is_working_day(const rules::Policy& policy, rules::SysSeconds when);

/// Does one of the times of day (minutes from midnight, on the centre's clocks) lie in (after, until], on a working
/// day? Looks at the last day alone: a clock that was set far ahead makes one run, not many.
bool is_due(const rules::Policy& policy, const std::vector<int>& at, rules::SysSeconds after, rules::SysSeconds until);

}  // namespace breakwater::selftest
