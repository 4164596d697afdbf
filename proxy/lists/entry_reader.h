#pragma once

#include <string>

#include "categories/entry_sink.h"
#include "categories/list_files.h"

namespace breakwater::lists {

/// Gives the entries of a list, as its file has them, to `sink`; in pieces, so that the file may be of any size.
/// Returns why the file cannot be read or is no list, or "".
std::string read_entries(const categories::ListFile& file, categories::EntrySink& sink);

}  // namespace breakwater::lists
