#include "proxy/portal/open_now.h"

namespace breakwater::portal {
namespace {

using categories::CategoryId;

enum class Treated : std::uint8_t { by_default, open, closed, never };

}  // namespace

OpenNow open_now(const rules::Snapshot& snapshot, rules::GroupId group, std::string_view period) {
  const auto& policy = snapshot.policy;
  const auto& table = snapshot.catalogue->categories();
  const auto treated = [&](CategoryId id) {
    if (policy.floor.test(id)) return Treated::never;
    const auto* ruling = policy.ruling(group, period, id);
    if (!ruling) return Treated::by_default;
    return ruling->action == rules::Action::allow ? Treated::open : Treated::closed;
  };
  OpenNow result;
  if (group < policy.groups.size()) result.fallback = policy.groups[group].fallback;
  for (std::size_t i = 0; i < table.size(); ++i) {
    const auto id = static_cast<CategoryId>(i);
    const auto how = treated(id);
    const auto parent = table.parent(id);
    if (parent && treated(*parent) == how) continue;
    if (how == Treated::open) result.open.push_back(table.name(id));
    if (how == Treated::closed) result.closed.push_back(table.name(id));
    if (how == Treated::never) result.never.push_back(table.name(id));
  }
  return result;
}

}  // namespace breakwater::portal
