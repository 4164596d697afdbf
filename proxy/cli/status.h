#pragma once

#include <filesystem>

#include "proxy/cli/check.h"

namespace breakwater::cli {

/// Shows what runs on this state, as it says itself over its control socket. 1: it runs and is unwell; 2: none answers.
int status(const std::filesystem::path& state, Output output);

}  // namespace breakwater::cli
