#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "categories/file.h"

/// Files for their owner alone, which survive a power cut: keys, and what goes with them.
namespace breakwater::safeguarding {

/// All of a regular file of at most `most` bytes. nullopt and "" in `error` where there is none; nullopt and the reason
/// where it cannot be read.
std::optional<std::string> read_private(const std::filesystem::path& file, std::size_t most, std::string& error);

/// Makes the folder (0700), and those above it, where they are not there; on disk when it returns. Whether it is there
/// then, whoever writes into it will see.
void make_private_folder(const std::filesystem::path& folder);

/// Are the folder's entries on disk now?
bool sync_folder(const std::filesystem::path& folder);

/// Replaces the file (0600), whole or not at all, and on disk when it returns "". Else what went wrong. Makes its
/// folder (0700).
std::string write_private(const std::filesystem::path& file, std::string_view bytes);

/// Overwrites the bytes, then removes the file. What the file system or the disk keeps of old blocks is beyond it.
std::string destroy_private(const std::filesystem::path& file);

/// Held against other processes and threads from its making on; waits for it. Holds nothing where `folder` cannot be
/// written.
class FolderLock {
 public:
  explicit FolderLock(const std::filesystem::path& folder);

 private:
  categories::File file_;
};

}  // namespace breakwater::safeguarding
