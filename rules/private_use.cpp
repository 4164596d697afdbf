#include "rules/private_use.h"

#include <algorithm>

namespace breakwater::rules {

bool PrivateUse::covers(const Verdict& verdict) const {
  return !periods.empty() && verdict.action == Action::allow && verdict.concern == Concern::none &&
         verdict.reason != Reason::pass && verdict.reason != Reason::portal &&
         std::find(periods.begin(), periods.end(), verdict.period) != periods.end();
}

}  // namespace breakwater::rules
