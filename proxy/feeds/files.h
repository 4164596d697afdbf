#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <sys/types.h>

#include "categories/file.h"

/// The little of the file system that feeds need. Errors are the system's word; nothing throws.
namespace breakwater::feeds {

inline constexpr mode_t kFileMode = 0640;
inline constexpr mode_t kFolderMode = 0750;

using categories::File;
using categories::last_error;

/// A file's bytes, mapped. Whoever shortens the file meanwhile ends the process: only for files that nobody else
/// writes.
class MappedFile {
 public:
  explicit MappedFile(const std::filesystem::path& file);
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;
  ~MappedFile();
  explicit operator bool() const { return open_; }
  std::span<const std::uint8_t> bytes() const { return bytes_; }

 private:
  std::span<std::uint8_t> bytes_;
  bool open_ = false;
};

/// The first `most` bytes of a file, or all; nullopt where it cannot be read.
std::optional<std::string> read_head(const std::filesystem::path& file, std::size_t most);

/// Replaces a file by temporary file, fsync and rename. Returns what went wrong.
std::optional<std::string> replace_file(const std::filesystem::path& file, std::string_view text);

/// Makes the folder and its parents. Returns what went wrong.
std::optional<std::string> make_folder(const std::filesystem::path& folder);

}  // namespace breakwater::feeds
