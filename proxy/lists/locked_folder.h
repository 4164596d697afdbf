#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "categories/result.h"

namespace breakwater::lists {

/// A folder that no other LockedFolder, of this process or another, holds at the same time (flock on `.lock` in it).
class LockedFolder {
 public:
  /// Waits for at most 10 seconds; else the error says why.
  static Result<std::unique_ptr<LockedFolder>, std::string> lock(const std::filesystem::path& folder);
  ~LockedFolder();
  LockedFolder(const LockedFolder&) = delete;
  LockedFolder& operator=(const LockedFolder&) = delete;

  /// Reads a file below the folder whole into `text`, "" where it is not there. Returns why it cannot: also where a
  /// symbolic link leads out of the folder.
  std::optional<std::string> read(const std::filesystem::path& file, std::string& text) const;

  /// Makes `text` the content of a file below the folder, with the folders on the way: whoever reads, and whoever
  /// starts again after a crash, finds the old content or the new. Owner and mode stay; a new file gets the folder's
  /// owner and mode 0644. Returns why it failed; then the old content stays.
  std::optional<std::string> replace(const std::filesystem::path& file, std::string_view text) const;

 private:
  LockedFolder(std::filesystem::path folder, int descriptor) : folder_(std::move(folder)), descriptor_(descriptor) {}
  std::optional<std::string> resolve(const std::filesystem::path& file, std::filesystem::path& real) const;

  std::filesystem::path folder_;  ///< canonical
  int descriptor_;
};

}  // namespace breakwater::lists
