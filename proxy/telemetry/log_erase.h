#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "categories/file.h"

namespace breakwater::telemetry {

/// Whoever holds it may rename, replace and delete the rotated files of this log, and nobody else does.
class NamesLock {
 public:
  explicit NamesLock(categories::File folder = categories::File()) : folder_(std::move(folder)) {}
  NamesLock(NamesLock&&) = default;
  NamesLock& operator=(NamesLock&&) = delete;
  /// Lets go by name: a process that is being started holds a copy of the descriptor for a moment.
  ~NamesLock();
  int get() const { return folder_.get(); }
  explicit operator bool() const { return static_cast<bool>(folder_); }

 private:
  categories::File folder_;
};

/// `wait`: LOCK_NB, or 0. None: another holds it, or errno says why it cannot be had.
NamesLock lock_names(const std::filesystem::path& log, int wait);

/// What became of the lines of an access log.
struct ErasedLines {
  std::uint64_t removed = 0;
  std::uint64_t unread = 0;                 ///< longer than kLongestLine, and no line of this log: they stay
  std::vector<std::filesystem::path> busy;  ///< files that somebody writes to: they stay as they are
};
inline constexpr std::size_t kLongestLine = 1 << 20;

/// Takes lines out of the log FILE and FILE.1, FILE.2 ...; all others stay byte for byte, and each file is replaced
/// whole or not at all, with owner and mode as before. Takes the memory of one line. A gateway may run meanwhile: it
/// rotates nothing then, and the file that it writes to is `busy`. "" or what went wrong; the rest is done all the
/// same.
std::string erase_lines(const std::filesystem::path& log, const std::function<bool(std::string_view line)>& is_theirs,
                        ErasedLines& done);

}  // namespace breakwater::telemetry
