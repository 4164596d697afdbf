#pragma once

#include <filesystem>

#include "proxy/cli/check.h"

namespace breakwater::cli {

/// Reports every diagnostic of a policy and the lists it names. 0: it can be used; 1: it cannot; 2: there is no such
/// file. With the state directory of a gateway the feeds that it downloaded are looked at as well.
int policy_check(const std::filesystem::path& policy, const std::filesystem::path& state, Output output);

}  // namespace breakwater::cli
