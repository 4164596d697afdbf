#include "proxy/telemetry/log_file.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <limits>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "proxy/telemetry/log_age.h"
#include "proxy/telemetry/log_erase.h"

namespace breakwater::telemetry {
namespace {

std::error_code last_error() {
  return {errno, std::generic_category()};
}

std::filesystem::path numbered(const std::filesystem::path& file, std::size_t number) {
  return file.string() + '.' + std::to_string(number);
}

}  // namespace

LogFile::LogFile(std::filesystem::path file, std::uint64_t rotate_bytes, std::size_t keep)
    : file_(std::move(file)), rotate_bytes_(rotate_bytes), keep_(keep) {
  if (file_ == "-") {
    rotate_bytes_ = std::numeric_limits<std::uint64_t>::max();
    descriptor_ = ::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0);
    if (descriptor_ < 0) throw std::system_error(last_error(), "standard output");
    return;
  }
  std::error_code error;
  if (file_.has_parent_path()) std::filesystem::create_directories(file_.parent_path(), error);
  if (!error) error = open();
  if (error) throw std::system_error(error, file_.string());
}

LogFile::~LogFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

std::error_code LogFile::open() {
  constexpr mode_t kOwnerAndGroup = 0640;  // the umask may take more away
  for (;;) {
    descriptor_ = ::open(file_.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, kOwnerAndGroup);
    if (descriptor_ < 0) return last_error();
    // Shows erase_lines() that somebody writes here; waits while it works on this file, and takes the one in its place.
    ::flock(descriptor_, LOCK_SH);
    struct stat status {};
    struct stat named {};
    if (::fstat(descriptor_, &status) != 0) return last_error();
    size_ = S_ISREG(status.st_mode) ? static_cast<std::uint64_t>(status.st_size) : 0;
    if (::stat(file_.c_str(), &named) != 0 || (named.st_ino == status.st_ino && named.st_dev == status.st_dev))
      return {};
    ::close(descriptor_);
  }
}

std::error_code LogFile::rotate() {
  const auto names = lock_names(file_, LOCK_NB);
  if (!names && errno == EWOULDBLOCK) {
    size_ = 0;  // while lines are taken out of rotated files it grows instead
    return {};
  }
  bool moved = true;
  for (std::size_t number = keep_; moved && number > 0; --number) {
    const auto from = number == 1 ? file_ : numbered(file_, number - 1);
    moved = std::rename(from.c_str(), numbered(file_, number).c_str()) == 0 || errno == ENOENT;
  }
  if (keep_ == 0) moved = ::unlink(file_.c_str()) == 0;
  if (!moved) {
    size_ = 0;  // a file that grows is better than none: the next try is one file later
    return last_error();
  }
  ::flock(descriptor_, LOCK_UN);  // by name, as in ~NamesLock()
  ::close(descriptor_);
  return open();
}

std::error_code LogFile::drain(std::size_t length) {
  std::size_t done = 0;
  std::error_code error;
  while (done < length && !error) {
    const ::ssize_t written = ::write(descriptor_, waiting_.data() + done, length - done);
    if (written >= 0) {
      done += static_cast<std::size_t>(written);
    } else if (errno != EINTR) {
      error = last_error();
    }
  }
  if (done > 0) torn_ = waiting_[done - 1] != '\n';
  waiting_.erase(0, done);
  size_ += done;
  return error;
}

std::size_t LogFile::fitting() const {
  const std::uint64_t room = rotate_bytes_ - std::min(size_, rotate_bytes_);
  if (waiting_.size() <= room) return waiting_.size();
  if (torn_) return waiting_.find('\n') + 1;
  const std::size_t last = room == 0 ? std::string::npos : waiting_.rfind('\n', static_cast<std::size_t>(room - 1));
  if (last != std::string::npos) return last + 1;
  return size_ == 0 ? waiting_.find('\n') + 1 : 0;
}

std::error_code LogFile::write(std::string_view lines) {
  waiting_ += lines;
  std::error_code error;
  while (!waiting_.empty()) {
    if (descriptor_ < 0) {
      if (const auto failed = open()) return failed;
    }
    const std::size_t length = fitting();
    if (length == 0) {
      if (const auto failed = rotate()) error = failed;
    } else if (const auto failed = drain(length)) {
      return failed;
    }
  }
  return error;
}

/// Neither a stream, nor within a line.
bool LogFile::is_whole_file() const {
  return file_ != "-" && descriptor_ >= 0 && size_ > 0 && !torn_;
}

std::error_code LogFile::set_aside() {
  return is_whole_file() ? rotate() : std::error_code();
}

std::error_code LogFile::prune(std::string_view rotate_before, std::string_view delete_before, std::size_t& deleted) {
  deleted = 0;
  std::error_code error;
  if (is_whole_file())
    if (const auto first = first_time(file_); !first.empty() && first <= rotate_before) error = rotate();
  if (file_ == "-") return error;
  const auto names = lock_names(file_, LOCK_NB);
  if (!names && errno == EWOULDBLOCK) return error;  // the next time will do
  for (std::size_t number = keep_; number > 0; --number) {
    const auto old = numbered(file_, number);
    const auto last = last_time(old);
    if (last.empty() || last >= delete_before) continue;
    if (::unlink(old.c_str()) == 0)
      ++deleted;
    else
      error = last_error();
  }
  return error;
}

}  // namespace breakwater::telemetry
