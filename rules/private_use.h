#pragma once

#include <string>
#include <vector>

#include "rules/verdict.h"

namespace breakwater::rules {

/// Periods that are people's own time: of what is allowed in them only counts by category are kept.
struct PrivateUse {
  std::vector<std::string> periods;  ///< none: every request has its line

  /// Is what the verdict lets through people's own matter? What is a concern or needed a lesson pass is not, and
  /// nothing that is blocked.
  bool covers(const Verdict& verdict) const;
};

}  // namespace breakwater::rules
