#pragma once

#include <filesystem>

#include "proxy/cli/check.h"

namespace breakwater::cli {

/// Lists what people have asked to be reviewed and reported as accidents, oldest first. Returns the exit code.
int reviews(const std::filesystem::path& state, Output output);

}  // namespace breakwater::cli
