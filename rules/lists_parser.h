#pragma once

#include <filesystem>
#include <vector>

#include "categories/catalogue_builder.h"
#include "rules/feed.h"
#include "rules/policy_names.h"
#include "rules/toml_reader.h"

namespace breakwater::rules {

struct Lists {
  categories::Sources sources;
  std::vector<Feed> feeds;  ///< the first of `sources`, in their order
  std::vector<LockedSlot> locked;
};

/// Reads [lists]. Relative paths start at `folder`; what they name must exist, the local folder apart.
Lists parse_lists(TomlTable& table, const std::filesystem::path& folder, CategoryNames& category_names,
                  DiagnosticSink& sink);

}  // namespace breakwater::rules
