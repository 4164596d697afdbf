#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "proxy/cli/check.h"
#include "proxy/snapshot/loader.h"

namespace breakwater::cli {

struct ListsOptions {
  std::filesystem::path policy;
  std::filesystem::path state;
  std::filesystem::path access_log;  ///< empty: STATE/access.log
  std::string accept;                ///< reason
  std::vector<std::string> feeds;
  snapshot::Extent extent = snapshot::Extent::put_in_force;
  std::uint32_t to = 0;  ///< version; 0: the one before
  std::string name;      ///< of a locked list
  Output output = Output::text;
};

// Each returns the exit code.

/// Each list in force: source, format, entries, what came and went, age, hits, what is wrong.
int lists_show(const ListsOptions& options);
/// Fetches the feeds, rehearses what is new on disk, puts it in force.
int lists_update(const ListsOptions& options);
/// The versions that are kept, the newest first.
int lists_history(const ListsOptions& options);
/// Puts the lists of an earlier version in force again.
int lists_rollback(const ListsOptions& options);
/// Reads a licensed list from standard input and keeps it as keyed hashes.
int lists_lock(const ListsOptions& options);

}  // namespace breakwater::cli
