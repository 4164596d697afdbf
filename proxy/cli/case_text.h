#pragma once

#include "proxy/cli/check.h"
#include "proxy/safeguarding/case.h"

namespace breakwater::cli {

/// One line for a list.
void print_line(const safeguarding::Case& about, Output output);
/// Everything; `names` nullptr: sealed.
void print_all(const safeguarding::Case& about, const safeguarding::EpisodeNames* names, Output output);

}  // namespace breakwater::cli
