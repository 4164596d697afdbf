#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace breakwater::categories {

/// A file descriptor that closes itself. It may hold none: -1.
class File {
 public:
  explicit File(int fd = -1) : fd_(fd) {}
  File(File&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  File& operator=(File&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~File();
  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }
  /// All of it, or false (errno says why).
  bool write(std::span<const std::uint8_t> bytes) const;
  bool write(std::string_view text) const;

 private:
  int fd_;
};

/// What errno says.
std::string last_error();

}  // namespace breakwater::categories
