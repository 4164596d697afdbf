#pragma once

#include "proxy/cli/person.h"

namespace breakwater::cli {

/// Lists what people have asked to be reviewed and reported as accidents, by pseudonym, oldest first. Returns the exit
/// code.
int reviews(const BookOptions& options);

}  // namespace breakwater::cli
