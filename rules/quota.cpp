#include "rules/quota.h"

#include <algorithm>

#include "rules/civil_time.h"
#include "rules/policy.h"

namespace breakwater::rules {

bool Quota::holds(GroupId group, std::string_view period) const {
  return (groups.empty() || std::find(groups.begin(), groups.end(), group) != groups.end()) &&
         (periods.empty() || std::find(periods.begin(), periods.end(), period) != periods.end());
}

Stretch stretch_of(const Policy& policy, Quota::Per per, GroupId group, SysSeconds when) {
  if (per == Quota::Per::day) {
    const auto day = day_of(when, *policy.zone);
    return {day.from, day.until};
  }
  if (group >= policy.groups.size() || !policy.groups[group].timetable) return {};
  const auto span = policy.timetables[*policy.groups[group].timetable].at(when);
  return {span.from, span.until};
}

std::uint32_t quotas_of(const Policy& policy, GroupId group, std::string_view period,
                        const categories::CategorySet& categories) {
  std::uint32_t bits = 0;
  for (std::size_t i = 0; i < policy.quotas.size(); ++i) {
    const auto& quota = policy.quotas[i];
    if ((quota.categories & categories).any() && quota.holds(group, period)) bits |= quota_bit(i);
  }
  return bits;
}

}  // namespace breakwater::rules
