#include "rules/policy.h"

#include <algorithm>

namespace breakwater::rules {

GroupId Policy::group_of(const categories::IpAddress& address) const {
  if (const auto found = networks_.find(address)) return *found;
  return catch_all.value_or(kNoGroup);
}

GroupId Policy::group_of(const Subject& subject) const {
  if (subject.confidence == Confidence::account)
    if (const auto group = members_.of_user(subject.user)) return *group;
  if (!subject.device_group.empty())
    if (const auto group = find_group(subject.device_group)) return *group;
  if (const auto group = members_.of_device(subject.owner)) return *group;
  return group_of(subject.address);
}

std::optional<GroupId> Policy::find_group(std::string_view name) const {
  const auto found = std::find_if(groups.begin(), groups.end(), [&](const auto& group) { return group.name == name; });
  if (found == groups.end()) return std::nullopt;
  return static_cast<GroupId>(found - groups.begin());
}

bool Policy::is_essential(const categories::Host& host) const {
  if (essential_.empty()) return false;
  auto name = host.text();
  if (host.is_literal()) return essential_.contains(name);
  while (!essential_.contains(name)) {
    const auto dot = name.find('.');
    if (dot == std::string_view::npos) return false;
    name.remove_prefix(dot + 1);
  }
  return true;
}

std::vector<std::string_view> Policy::periods(GroupId group) const {
  std::vector<std::string_view> names;
  if (group < rulings_.size())
    for (const auto& entry : rulings_[group])
      names.emplace_back(entry.period);
  return names;
}

const Rulings& Policy::rulings(GroupId group, std::string_view period) const {
  static const Rulings kNone;
  if (group >= rulings_.size()) return kNone;
  const auto& periods = rulings_[group];
  const auto found =
      std::find_if(periods.begin(), periods.end(), [&](const auto& entry) { return entry.period == period; });
  return found == periods.end() ? kNone : found->rulings;
}

const Ruling* Policy::ruling(GroupId group, std::string_view period, categories::CategoryId category) const {
  const auto& all = rulings(group, period);
  return category < all.size() && all[category] ? &*all[category] : nullptr;
}

}  // namespace breakwater::rules
