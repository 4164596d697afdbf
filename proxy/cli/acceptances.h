#pragma once

#include "proxy/cli/person.h"

namespace breakwater::cli {

/// Lists who has accepted the acceptable-use text, by pseudonym, oldest first. Returns the exit code.
int acceptances(const BookOptions& options);

}  // namespace breakwater::cli
