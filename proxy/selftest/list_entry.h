#pragma once

#include <filesystem>
#include <optional>
#include <random>
#include <string>

#include "categories/catalogue.h"

namespace breakwater::selftest {

struct ListEntry {
  std::string host;
  std::uint32_t line = 0;
};

/// A host that the list names, picked at random out of its file, whatever its format: some word of a line that the
/// catalogue knows as a domain of this list, and that nothing takes out of its category again. nullopt: none was found
/// among a few hundred lines, or the file cannot be read.
std::optional<ListEntry> pick_entry(const categories::Catalogue& catalogue, categories::ListId list,
                                    const std::filesystem::path& file, std::mt19937_64& random);

}  // namespace breakwater::selftest
