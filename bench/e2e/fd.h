#pragma once

#include <utility>

#include <unistd.h>

namespace breakwater::bench {

/// Owns one file descriptor and closes it.
class Fd {
 public:
  Fd() = default;
  explicit Fd(int fd) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, kNone)) {}
  Fd& operator=(Fd&& other) noexcept {
    std::swap(fd_, other.fd_);
    other.reset();
    return *this;
  }
  Fd(const Fd&) = delete;
  Fd& operator=(const Fd&) = delete;
  ~Fd() { reset(); }

  int get() const { return fd_; }
  bool is_open() const { return fd_ != kNone; }
  void reset() {
    if (is_open()) ::close(std::exchange(fd_, kNone));
  }

 private:
  static constexpr int kNone = -1;
  int fd_ = kNone;
};

}  // namespace breakwater::bench
