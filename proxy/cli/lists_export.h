#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace breakwater::cli {

struct ListsExportOptions {
  std::filesystem::path policy;
  std::filesystem::path state;
  std::vector<std::string> categories;  ///< with their children; none: the floor without concerns
  std::string zone = "breakwater-lists.rpz";
  std::optional<std::uint32_t> serial;  ///< none: the version of the lists, or 1
};

/// Prints the names that the lists have in these categories as a response policy zone, without those of concern unless
/// their category is named: what a resolver refuses is an attempt that nobody records. Returns the exit code: 2 where
/// it is not the whole zone.
int lists_export(const ListsExportOptions& options);

}  // namespace breakwater::cli
