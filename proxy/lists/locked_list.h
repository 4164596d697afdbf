#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <iosfwd>
#include <optional>
#include <string>

#include "categories/siphash.h"

namespace breakwater::lists {

/// What became of a licensed list. Never a word of it.
struct Sealed {
  std::uint64_t entries = 0;
  std::uint64_t rejected = 0;        ///< lines that cannot be kept as hashes, or are none
  std::uint32_t first_rejected = 0;  ///< line
  std::string error;                 ///< why nothing was kept; "": it was
};

/// No crash of this process, from now on, leaves an image of its memory: neither a file nor through a pipe.
void forbid_core_dumps();

/// Reads a list of hosts and URLs, in any format, and writes a Part to `file` that holds nothing but keyed hashes. A
/// list without a single entry is an error, and leaves the old one.
Sealed seal_list(std::istream& input, const categories::SipKey& key, const std::filesystem::path& file);

/// How long ago a locked list was made; nullopt: it is absent.
std::optional<std::chrono::seconds> age_of_locked(const std::filesystem::path& file, std::chrono::sys_seconds now);

}  // namespace breakwater::lists
