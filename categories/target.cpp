#include "categories/target.h"

#include <algorithm>
#include <array>

namespace breakwater::categories {

void limit_targets(std::vector<Target>& targets, std::vector<ListInfo>& lists) {
  const auto same_list = [](Target a, Target b) { return list_of(a) == list_of(b) && is_except(a) == is_except(b); };
  targets.erase(std::unique(targets.begin(), targets.end(), same_list), targets.end());
  for (const auto target : targets)
    ++lists[list_of(target)].entries;
  drop_excess(targets, lists);
}

void drop_excess(std::vector<Target>& targets, const std::vector<ListInfo>& lists) {
  if (targets.size() <= kMaxTargets) return;

  std::array<std::array<CategorySet, 2>, kListRoles> seen;  // by role, exceptions of lists apart from their entries
  std::size_t kept = 0;
  for (const auto target : targets) {
    const auto& list = lists[list_of(target)];
    auto&& known = seen[static_cast<std::size_t>(list.role)][is_except(target) ? 1 : 0][list.category];
    if (kept < kMaxTargets || !known) targets[kept++] = target;
    known = true;
  }
  targets.resize(kept);
}

}  // namespace breakwater::categories
