#pragma once

#include <array>
#include <filesystem>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "tests/support/disk_trace.h"

namespace breakwater::test {

/// What a disk may hold after the power went. What was synced is there. Of what was not, every piece of 512 bytes and
/// every entry of a folder is on it or not, whatever came first, and a piece that was being written may be garbage; no
/// more holds than POSIX and SQLite's own tests of crashes assume ("How SQLite Is Tested", 3.3). Operations on one name
/// keep their order, a rename is whole or not at all, and bytes that were not written to do not change.
class PowerCut {
 public:
  /// `folder` is what the trace was of; `steps` must outlive this.
  PowerCut(std::filesystem::path folder, const std::vector<DiskStep>& steps);

  /// Puts what is left after a cut before the step `at` into `to`, an empty folder. `at` may not go back.
  void write_to(const std::filesystem::path& to, std::size_t at, std::mt19937& random);
  /// What had been promised until there.
  const std::vector<std::string>& promised() const { return promised_; }

 private:
  using Steps = std::vector<const DiskStep*>;
  struct Entries {
    std::map<std::filesystem::path, int> files{};  ///< 0: a folder
    void apply(const DiskStep& step);
  };
  void take(const DiskStep& step);
  std::string left_of(int file, std::mt19937& random, double kept) const;
  Entries entries_left(std::mt19937& random, double kept) const;

  const std::filesystem::path folder_;
  const std::vector<DiskStep>& steps_;
  std::size_t next_ = 0;
  Entries entries_;                                     // as on the disk
  std::map<int, std::string> data_;                     // as on the disk
  std::map<std::filesystem::path, Steps> entry_steps_;  // not synced, by folder
  std::map<int, Steps> data_steps_;                     // not synced, by file
  std::vector<std::string> promised_;
};

}  // namespace breakwater::test
