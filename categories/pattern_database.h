#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "categories/catalogue.h"

namespace breakwater::categories {

struct PatternText {
  EntryKind kind = EntryKind::url;  ///< all of one database are `url`, or none is
  std::string_view text;
};

/// Patterns compiled into one Hyperscan database, and what became of each of them.
struct PatternDatabase {
  struct Refused {
    std::size_t pattern = 0;
    std::string why;
  };
  std::vector<std::uint8_t> bytes;       ///< serialised; empty where no pattern is in it
  std::vector<std::size_t> in_database;  ///< patterns, in the order of their ids
  std::vector<std::size_t> for_re2;      ///< what Hyperscan does not take and RE2 does
  std::vector<Refused> refused;          ///< what neither takes, what costs too much, what matches everything
  std::string error;                     ///< why there is no database at all
};

/// Takes seconds where there are thousands of patterns.
PatternDatabase compile_patterns(std::span<const PatternText> patterns);

/// The same, kept in a file of `cache` that is named after a hash of the patterns, their flags, and the version and
/// processor that Hyperscan compiles for; a file that is damaged or of another version is made again. `name` is the
/// file's.
PatternDatabase compile_patterns(std::span<const PatternText> patterns, const std::filesystem::path& cache,
                                 std::string& name);

}  // namespace breakwater::categories
