#pragma once

#include <string>
#include <vector>

#include "rules/diagnostic_sink.h"
#include "rules/subject.h"
#include "rules/verdict.h"

namespace breakwater::rules {

/// What a [[selftest]] of the policy adds to what is tested anyway: a host, or what is to become of a category's
/// canary.
struct SelfTest {
  std::string host;      ///< in normal form; or "":
  std::string category;  ///< whose canary it speaks of
  Place place;           ///< of the one or the other
  Action expect = Action::block;
  std::vector<GroupId> groups;  ///< empty: all
};

}  // namespace breakwater::rules
