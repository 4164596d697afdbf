#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace breakwater::backup {

struct Made {
  std::size_t files = 0;
  std::uint64_t bytes = 0;
};

/// Writes a consistent copy of what cannot be made again into one tar file (0600, whole or not at all), while the
/// gateway runs: the records (SQLite's backup API), heads, passes, what the portal keeps, quotas. Needs
/// room for a second copy of the records in the state directory. No key is in it: a day's key that was
/// destroyed must not come back out of a backup. nullopt: `error` says why.
std::optional<Made> make(const std::filesystem::path& state, const std::filesystem::path& out, std::string& error);

/// When make() succeeded last; nullopt: never.
std::optional<std::chrono::sys_seconds> last(const std::filesystem::path& state);

enum class Existing : std::uint8_t { keep, set_aside };
struct Restored {
  std::size_t files = 0;
  std::int64_t records = 0;
  std::filesystem::path aside;  ///< where what was there before is now; "": nothing was
};

/// Puts what a backup holds into a state directory on which no gateway runs, once every file is what the manifest says
/// and the chain of records is whole. Records that are there already are set aside or, with `keep`, refused. Keys are
/// never touched. A file of anybody's may be given: nothing outside of the known names is written. nullopt: `error`
/// says why, and nothing was changed.
std::optional<Restored> restore(const std::filesystem::path& file, const std::filesystem::path& state,
                                Existing existing, std::string& error);

}  // namespace breakwater::backup
