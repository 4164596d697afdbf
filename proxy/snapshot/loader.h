#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "categories/diagnostic.h"
#include "rules/engine.h"

namespace breakwater::snapshot {

/// A snapshot made of a policy file and the lists it names, or every reason why there is none.
struct Loaded {
  std::shared_ptr<const rules::Snapshot> snapshot;  ///< nullptr where there was an error
  categories::Diagnostics diagnostics;
  std::vector<std::filesystem::path> inputs;  ///< files and folders that were read, to be watched
  std::uint64_t entries = 0;
};

/// Reads, compiles and resolves. With a `state` directory the compiled catalogue is kept there and used again while its
/// sources are the same. Takes seconds for millions of entries: not for a worker's thread.
Loaded load(const std::filesystem::path& policy, const rules::Gate& gate,
            const std::optional<std::filesystem::path>& state);

/// The time zone that a policy file names; nullptr where it cannot be read so far.
const date::time_zone* zone_of(const std::filesystem::path& policy);

/// The whole of a file, or nothing and the reason in `error`.
std::optional<std::string> read_file(const std::filesystem::path& file, std::string& error);

}  // namespace breakwater::snapshot
