#pragma once

#include <string_view>
#include <vector>

#include "rules/engine.h"

namespace breakwater::portal {

/// What the rules say of the categories for a group in a period. A category whose children are treated likewise stands
/// for them. Views live as long as the snapshot.
struct OpenNow {
  rules::Action fallback = rules::Action::allow;  ///< for sites of which no rule speaks
  std::vector<std::string_view> open;
  std::vector<std::string_view> closed;
  std::vector<std::string_view> never;  ///< the floor
};
OpenNow open_now(const rules::Snapshot& snapshot, rules::GroupId group, std::string_view period);

}  // namespace breakwater::portal
