#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>

namespace breakwater::telemetry {

/// An append-only file of lines that is rotated by size: FILE becomes FILE.1, FILE.1 becomes FILE.2, up to FILE.keep.
/// Lines go out in large writes; a line is never torn by an error or a rotation, because what a write leaves over goes
/// out first next time. One thread at a time.
class LogFile {
 public:
  /// `file` "-" is standard output, which is not rotated. Throws std::system_error where it cannot be opened.
  LogFile(std::filesystem::path file, std::uint64_t rotate_bytes, std::size_t keep);
  ~LogFile();
  LogFile(const LogFile&) = delete;
  LogFile& operator=(const LogFile&) = delete;

  /// Takes whole lines, each with its newline, and writes all that it has. With an error, the rest waits for the next
  /// call.
  std::error_code write(std::string_view lines);
  /// Begins a new file where this one has lines, so that it can be worked on as a rotated one.
  std::error_code set_aside();
  /// Begins a new file where the first line of this one is as old as `rotate_before` or older, and deletes rotated ones
  /// whose last line is older than `delete_before`: how many, in `deleted`. Both are times as lines have them.
  std::error_code prune(std::string_view rotate_before, std::string_view delete_before, std::size_t& deleted);
  std::string_view waiting() const { return waiting_; }

 private:
  std::error_code open();
  std::error_code rotate();
  bool is_whole_file() const;
  /// How much of what waits belongs into the present file: whole lines, and the rest of a torn one. 0: it is full.
  std::size_t fitting() const;
  std::error_code drain(std::size_t length);

  std::filesystem::path file_;
  std::uint64_t rotate_bytes_;
  std::size_t keep_;
  int descriptor_ = -1;
  std::uint64_t size_ = 0;
  std::string waiting_;
  bool torn_ = false;  // the file ends within a line
};

}  // namespace breakwater::telemetry
