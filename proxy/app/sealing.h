#pragma once

#include <filesystem>

#include "proxy/safeguarding/record.h"
#include "rules/policy.h"

namespace breakwater::app {

/// Names are sealed to the policy's recipients from now on; where it has none that could open them, to a key on this
/// machine, which is told. A change is recorded. At a start, and whenever a policy comes into force.
void seal_names_to(const rules::Policy& policy, const std::filesystem::path& state, safeguarding::Milliseconds now);

}  // namespace breakwater::app
