#pragma once

#include <filesystem>
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

}  // namespace breakwater::admin
