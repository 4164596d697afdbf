#include "rules/pass.h"

namespace breakwater::rules {

bool Passes::Entry::covers(const categories::Host& host) const {
  const auto name = host.text();
  if (pass.host.empty() || !name.ends_with(pass.host)) return false;
  if (name.size() == pass.host.size()) return true;
  return !host.is_literal() && name[name.size() - pass.host.size() - 1] == '.';
}

Passes::Passes(std::vector<Pass> passes, const Policy& policy, const categories::CategoryTable& table) {
  for (auto& pass : passes) {
    const auto group = policy.find_group(pass.group);
    const auto category = table.find(pass.category);
    if (!group || (pass.host.empty() && !category)) continue;
    entries_.push_back({std::move(pass), *group, category ? table.family(*category) : categories::CategorySet()});
  }
}

Passes::Found Passes::concerning(GroupId group, const categories::Host& host,
                                 const categories::CategorySet& categories) const {
  Found found;
  for (const auto& entry : entries_)
    if (entry.group == group && (entry.covers(host) || (entry.lifts & categories).any())) found.push_back(&entry);
  return found;
}

std::optional<SysSeconds> Passes::next_edge(SysSeconds now) const {
  std::optional<SysSeconds> next;
  for (const auto& entry : entries_)
    for (const auto edge : {entry.pass.from, entry.pass.until})
      if (edge > now && (!next || edge < *next)) next = edge;
  return next;
}

}  // namespace breakwater::rules
