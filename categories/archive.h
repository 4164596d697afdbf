#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "categories/diagnostic.h"

namespace breakwater::categories {

/// What an archive may hold at most; beyond any of these it is refused whole.
struct ArchiveLimits {
  std::uint64_t total_bytes = std::uint64_t{2} << 30;  ///< of all members together, those left out included
  std::uint64_t file_bytes = std::uint64_t{1} << 30;
  std::uint64_t ratio = 100;        ///< bytes that one packed byte may become; the first MiB is free
  std::uint32_t members = 100'000;  ///< files, folders and what is left out
  std::size_t path_bytes = 512;
  std::size_t depth = 8;  ///< folders above a file
};

/// Told by its first bytes: gzip, bzip2, xz, zstd, zip, 7-Zip or tar. False also where the file cannot be read.
bool is_archive(const std::filesystem::path& file);

/// Unpacks the regular files of an archive into the folder `into`, which must be absent or empty and appears whole or
/// not at all. A folder that holds everything is taken away (`blacklists/adult/domains` gives `adult/domains`), unless
/// it is itself a category, with a `domains`, `urls` or `expressions`. A single packed file (`list.txt.gz`) gives one
/// file of its name (`list.txt`).
///
/// Left out with a warning, of which the first 20 are told: links, devices, absolute paths, `..`, names with
/// other bytes than A-Z a-z 0-9 . _ + @ ! -, and what stands twice. Nothing of the archive's modes, owners and times is
/// taken. Returns why nothing was unpacked: no archive, damaged, empty, a limit, or the file system's word.
std::optional<std::string> unpack_archive(const std::filesystem::path& archive, const std::filesystem::path& into,
                                          const ArchiveLimits& limits, Diagnostics& diagnostics);

}  // namespace breakwater::categories
