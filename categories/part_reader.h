#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "categories/list_files.h"
#include "categories/part.h"

namespace breakwater::categories {

/// Reads a list, and what it includes, into the bytes of a Part. nullopt: it cannot be read or is no list, and
/// `diagnostics` says why; what is wrong with single lines stands in the part. Included files must lie in the folder
/// `root`.
std::optional<std::vector<std::uint8_t>> read_part(const ListFile& file, const std::filesystem::path& root,
                                                   const SipKey& key, Diagnostics& diagnostics);

}  // namespace breakwater::categories
