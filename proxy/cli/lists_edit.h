#pragma once

#include <filesystem>
#include <string>

#include "proxy/cli/check.h"
#include "proxy/lists/local_lists.h"

namespace breakwater::cli {

struct ListsEditOptions {
  std::filesystem::path policy;  ///< names the folder of local lists
  lists::LocalEntry entry;
  std::string until;  ///< a date, as 2026-12-18; empty: for ever
  std::string reason;
  lists::LocalLists::NewCategory new_category = lists::LocalLists::NewCategory::refuse;
  Output output = Output::text;
};

/// Edit the local lists, or say which of their lines cover a host or URL (`entry.text`). Return the exit code: 0 also
/// where nothing had to be done, 1 where the entry is refused or not there, 2 where it could not be tried.
int lists_add(const ListsEditOptions& options);
int lists_remove(const ListsEditOptions& options);
int lists_find(const ListsEditOptions& options);

}  // namespace breakwater::cli
