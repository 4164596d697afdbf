#pragma once

#include <filesystem>

#include "proxy/safeguarding/pseudonym.h"

namespace breakwater::app {

/// Acceptances, reviews and passes that an earlier version wrote down with names and addresses get pseudonyms in their
/// place, once. Before anything reads them; what goes wrong is told.
void take_names_out_of_files(const std::filesystem::path& state, const safeguarding::Pseudonyms& pseudonyms);

}  // namespace breakwater::app
