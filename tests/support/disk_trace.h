#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace breakwater::test {

/// One step of what a process did to its files, or what it promised in between.
struct DiskStep {
  enum class What : std::uint8_t {
    create,       ///< `path` is the file `file` from here on
    make_folder,  ///< `path`
    rename,       ///< `path` to `other`
    remove,       ///< `path`
    write,        ///< `bytes` into `file` at `offset`
    truncate,     ///< `file` to `offset` bytes
    sync,         ///< `file`: data and size are on the disk
    sync_folder,  ///< `path`: its entries are on the disk
    promise,      ///< `bytes`, said by the test: this is kept whatever happens from here on
  };
  What what;
  int file = 0;
  std::filesystem::path path{};
  std::filesystem::path other{};
  std::size_t offset = 0;
  std::string bytes{};
};

/// Writes down all that this process does to files below one folder, which is empty at first: the calls of libc that
/// change files are replaced in the whole binary that links this (SQLite's too), and go on to the kernel. What is
/// written through a mapping is not seen; of SQLite that is the index of its log, which does not outlive a power cut.
/// One at a time; from any thread.
class DiskTrace {
 public:
  explicit DiskTrace(const std::filesystem::path& folder);
  ~DiskTrace();
  DiskTrace(const DiskTrace&) = delete;
  DiskTrace& operator=(const DiskTrace&) = delete;

  void promise(std::string what);
  /// Ends it.
  std::vector<DiskStep> finish();
};

}  // namespace breakwater::test
