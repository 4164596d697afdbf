#include "rules/acceptance.h"

#include <algorithm>

namespace breakwater::rules {

bool AcceptanceTerms::asks(GroupId group) const {
  return group != kNoGroup && (groups.empty() || std::find(groups.begin(), groups.end(), group) != groups.end());
}

}  // namespace breakwater::rules
