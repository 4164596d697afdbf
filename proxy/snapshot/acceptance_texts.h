#pragma once

#include <filesystem>
#include <vector>

#include "categories/diagnostic.h"
#include "rules/acceptance.h"

namespace breakwater::snapshot {

/// Reads the texts that the terms name. One that cannot be read, is empty, too long, or no UTF-8 is an error. Gives the
/// files, to be watched.
std::vector<std::filesystem::path> read_acceptance_texts(rules::AcceptanceTerms& terms,
                                                         categories::Diagnostics& diagnostics);

}  // namespace breakwater::snapshot
