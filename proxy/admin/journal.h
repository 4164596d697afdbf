#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace breakwater::admin {

/// A file of lines that only ever grows: each line is on disk when append() returns, or none of it is in the file. All
/// that becomes evidence goes through append(), in order. One thread.
class Journal {
 public:
  explicit Journal(std::filesystem::path file) : file_(std::move(file)) {}

  /// `line` is without its end. Returns what went wrong; then the line is not in the file. The file is made (0600)
  /// where it is not there.
  std::optional<std::string> append(std::string_view line);

 private:
  std::filesystem::path file_;
};

/// What became of the lines of a file.
struct Rewritten {
  std::uint64_t changed = 0;
  std::uint64_t removed = 0;
};

/// Puts in place of each line what `change` makes of it, or nothing: whole or not at all, and on disk when it returns
/// "", else what went wrong. Whoever appends by a Journal meanwhile waits. A file that is not there has no lines; where
/// nothing changes it stays untouched. A last line without an end stays as it is.
std::string rewrite_lines(const std::filesystem::path& file,
                          const std::function<std::optional<std::string>(std::string_view line)>& change,
                          Rewritten& done);

}  // namespace breakwater::admin
