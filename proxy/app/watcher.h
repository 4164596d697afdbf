#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <vector>

namespace breakwater::app {

/// Notices that files or folders have changed, by comparing their names, sizes, inodes and modification times. Folders
/// are looked at with all they hold.
class Watcher {
 public:
  /// What is watched from now on, as it is now. Whatever changed at or after `read_from`, when reading it began, counts
  /// as a change.
  void watch(std::vector<std::filesystem::path> inputs, std::chrono::file_clock::time_point read_from);

  enum class Seen : std::uint8_t { same, changing, changed };
  /// `changed` once a change has stayed the same between two looks, so that a file half copied is not read.
  Seen look();

 private:
  struct Look {
    std::uint64_t fingerprint = 0;
    std::chrono::file_clock::time_point newest = std::chrono::file_clock::time_point::min();
    bool whole = true;  ///< false: the process has no descriptor left to open a folder with
    void add(const std::filesystem::path& path);
  };
  Look fingerprint() const;

  std::vector<std::filesystem::path> inputs_;
  std::uint64_t in_force_ = 0;
  std::uint64_t last_ = 0;
};

}  // namespace breakwater::app
