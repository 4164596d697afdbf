#include "proxy/telemetry/log_erase.h"

#include <cerrno>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace breakwater::telemetry {
namespace {

namespace fs = std::filesystem;
using categories::File;

constexpr std::size_t kChunk = 1 << 16;
constexpr mode_t kOwner = 0600;

fs::path folder_of(const fs::path& file) {
  return file.has_parent_path() ? file.parent_path() : fs::path(".");
}

/// Copies what is to stay from one file to another.
class Copy {
 public:
  Copy(const File& from, const File& to, const std::function<bool(std::string_view)>& is_theirs)
      : from_(from), to_(to), is_theirs_(is_theirs) {}

  /// False: errno says why.
  bool run() {
    std::string chunk(kChunk, '\0');
    for (;;) {
      const auto got = ::read(from_.get(), chunk.data(), chunk.size());
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0) return got == 0 && take_rest();
      if (!take(std::string_view(chunk).substr(0, static_cast<std::size_t>(got)))) return false;
    }
  }

  std::uint64_t removed() const { return removed_; }
  std::uint64_t unread() const { return unread_; }

 private:
  bool take(std::string_view bytes) {
    for (auto end = bytes.find('\n'); end != std::string_view::npos; end = bytes.find('\n')) {
      line_.append(bytes.substr(0, end));
      bytes.remove_prefix(end + 1);
      if (!end_line()) return false;
    }
    line_.append(bytes);
    if (line_.size() > kLongestLine) {
      if (!std::exchange(too_long_, true)) ++unread_;
      if (!put(std::exchange(line_, {}))) return false;
    }
    return true;
  }

  bool end_line() {
    if (!std::exchange(too_long_, false) && is_theirs_(line_)) {
      ++removed_;
      line_.clear();
      return true;
    }
    line_ += '\n';
    const bool good = put(line_);
    line_.clear();
    return good;
  }

  /// A last line without an end is a part of one.
  bool take_rest() { return put(line_) && flush(); }

  bool put(std::string_view text) {
    out_.append(text);
    return out_.size() < kChunk || flush();
  }

  bool flush() {
    const bool good = to_.write(out_);
    out_.clear();
    return good;
  }

  const File& from_;
  const File& to_;
  const std::function<bool(std::string_view)>& is_theirs_;
  std::string line_;
  std::string out_;
  bool too_long_ = false;
  std::uint64_t removed_ = 0;
  std::uint64_t unread_ = 0;
};

/// The log and what was rotated.
std::vector<fs::path> files_of(const fs::path& log, std::string& errors) {
  std::vector<fs::path> all{log};
  const auto start = log.filename().string() + '.';
  std::error_code code;
  for (fs::directory_iterator at(folder_of(log), code), end; !code && at != end; at.increment(code)) {
    const auto name = at->path().filename().string();
    const auto number = name.starts_with(start) ? name.substr(start.size()) : std::string();
    if (!number.empty() && number.find_first_not_of("0123456789") == std::string::npos) all.push_back(at->path());
  }
  if (code) errors = folder_of(log).string() + ": " + code.message();
  return all;
}

/// For the lock of names, which is held. False: errno says why.
bool erase_from(const fs::path& path, const File& file, const fs::path& fresh,
                const std::function<bool(std::string_view)>& is_theirs, ErasedLines& done) {
  struct stat before {};
  const File out{::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, kOwner)};
  if (!out || ::fstat(file.get(), &before) != 0) return false;
  Copy copy(file, out, is_theirs);
  if (!copy.run()) return false;
  done.unread += copy.unread();
  if (copy.removed() == 0) return ::unlink(fresh.c_str()) == 0;
  // An owner who may not give it away is its owner already.
  if (::fchown(out.get(), before.st_uid, before.st_gid) != 0 && errno != EPERM) return false;
  if (::fchmod(out.get(), before.st_mode & ALLPERMS) != 0 || ::fsync(out.get()) != 0) return false;
  if (::rename(fresh.c_str(), path.c_str()) != 0) return false;
  done.removed += copy.removed();
  return true;
}

}  // namespace

NamesLock::~NamesLock() {
  if (folder_) ::flock(folder_.get(), LOCK_UN);
}

NamesLock lock_names(const fs::path& log, int wait) {
  File folder{::open(folder_of(log).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  while (folder && ::flock(folder.get(), LOCK_EX | wait) != 0)
    if (errno != EINTR) return NamesLock();
  return NamesLock(std::move(folder));
}

std::string erase_lines(const fs::path& log, const std::function<bool(std::string_view line)>& is_theirs,
                        ErasedLines& done) {
  done = {};
  const auto names = lock_names(log, 0);
  if (!names) return errno == ENOENT ? "" : folder_of(log).string() + ": " + categories::last_error();
  std::string errors;
  const auto failed = [&errors](const fs::path& path) {
    errors.append(errors.empty() ? "" : "; ").append(path.string()).append(": ").append(categories::last_error());
  };
  auto fresh = log;
  fresh += ".erase";
  for (const auto& path : files_of(log, errors)) {
    const File file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
    struct stat status {};
    if (!file || ::fstat(file.get(), &status) != 0) {
      if (errno != ENOENT) failed(path);
    } else if (!S_ISREG(status.st_mode)) {
      continue;  // a stream keeps nothing
    } else if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
      done.busy.push_back(path);
    } else if (!erase_from(path, file, fresh, is_theirs, done)) {
      failed(path);
    }
  }
  ::unlink(fresh.c_str());  // where something failed
  if (done.removed > 0 && ::fsync(names.get()) != 0) failed(folder_of(log));
  return errors;
}

}  // namespace breakwater::telemetry
