#pragma once

#include <filesystem>

#include "proxy/cli/check.h"

namespace breakwater::cli {

/// Reports every diagnostic of a policy and the lists it names. 0: it can be used; 1: it cannot; 2: there is no such
/// file.
int policy_check(const std::filesystem::path& policy, Output output);

}  // namespace breakwater::cli
