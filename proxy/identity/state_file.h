#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "categories/file.h"

namespace breakwater::identity {

/// All of a regular file; nullopt, with the reason in `error`, where it cannot be read or is larger than `most` bytes.
std::optional<std::string> read_text(const std::filesystem::path& file, std::size_t most, std::string& error);

/// Replaces a file that only its owner may read (0600), whole or not at all. Returns what went wrong, or "".
std::string write_private(const std::filesystem::path& file, std::string_view text);

/// Held by the gateway that runs on a state directory, so that `who` can tell what is from what was.
class StateLock {
 public:
  /// Makes the folder (0700) where it is not there.
  explicit StateLock(const std::filesystem::path& folder);
  static bool is_held(const std::filesystem::path& folder);

 private:
  categories::File file_;
};

/// Files that are read together, looked at for changes.
class WatchedFiles {
 public:
  explicit WatchedFiles(std::vector<std::filesystem::path> files) : files_(std::move(files)) {}

  const std::vector<std::filesystem::path>& files() const { return files_; }
  /// True at the first look, then once a change has stayed the same between two looks, so that a file half written is
  /// not read.
  bool look();

 private:
  std::string stamp() const;

  std::vector<std::filesystem::path> files_;
  std::optional<std::string> taken_;
  std::string last_;
};

}  // namespace breakwater::identity
