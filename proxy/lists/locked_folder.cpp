#include "proxy/lists/locked_folder.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <fstream>
#include <iterator>
#include <system_error>
#include <thread>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "categories/file.h"

namespace breakwater::lists {
namespace {

namespace fs = std::filesystem;
using categories::File;

constexpr std::chrono::seconds kWait{10};  // an edit takes milliseconds
constexpr std::chrono::milliseconds kPause{10};
constexpr mode_t kNewFile = 0644;
constexpr std::uintmax_t kMaxFile = 64U << 20U;  // nobody keeps more than this by hand

std::string because(const fs::path& path, int error) {
  return path.string() + ": " + std::generic_category().message(error);
}

bool sync_folder(const fs::path& folder) {
  const File opened{::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  return opened && ::fsync(opened.get()) == 0;
}

/// False, and `errno` says why: the file is not written, or not safely on disk.
bool write_new(const fs::path& file, std::string_view text, const struct stat& like, mode_t mode) {
  const File opened{::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, S_IRUSR | S_IWUSR)};
  if (!opened) return false;
  // Only root can give a file away; whoever else edits keeps it.
  const bool given = ::fchown(opened.get(), like.st_uid, like.st_gid) == 0 || errno == EPERM;
  return given && opened.write(text) && ::fchmod(opened.get(), mode) == 0 && ::fsync(opened.get()) == 0;
}

}  // namespace

Result<std::unique_ptr<LockedFolder>, std::string> LockedFolder::lock(const fs::path& folder) {
  std::error_code error;
  const auto real = fs::canonical(folder, error);
  if (error) return folder.string() + ": " + error.message();
  const auto file = real / ".lock";
  const int opened = ::open(file.c_str(), O_RDONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, kNewFile);
  if (opened < 0) return because(file, errno);
  std::unique_ptr<LockedFolder> locked(new LockedFolder(real, opened));
  const auto end = std::chrono::steady_clock::now() + kWait;
  while (::flock(opened, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK && errno != EINTR) return because(file, errno);
    if (std::chrono::steady_clock::now() > end) return file.string() + ": another edit has held it for 10 seconds";
    std::this_thread::sleep_for(kPause);
  }
  return locked;
}

LockedFolder::~LockedFolder() {
  ::close(descriptor_);
}

std::optional<std::string> LockedFolder::resolve(const fs::path& file, fs::path& real) const {
  std::error_code error;
  real = fs::weakly_canonical(folder_ / file, error);
  if (error) return (folder_ / file).string() + ": " + error.message();
  const auto inside = std::mismatch(folder_.begin(), folder_.end(), real.begin(), real.end()).first == folder_.end();
  if (inside && real != folder_) return std::nullopt;
  return (folder_ / file).string() + ": leads out of the folder of local lists";
}

std::optional<std::string> LockedFolder::read(const fs::path& file, std::string& text) const {
  text.clear();
  fs::path path;
  if (auto refused = resolve(file, path)) return refused;
  std::error_code error;
  if (!fs::exists(path, error)) return std::nullopt;
  if (!fs::is_regular_file(path, error)) return path.string() + ": is no file";
  if (fs::file_size(path, error) > kMaxFile) return path.string() + ": is too large to be edited";
  std::ifstream in(path, std::ios::binary);
  text.assign(std::istreambuf_iterator<char>(in), {});
  if (!in.is_open() || in.bad()) return path.string() + ": cannot be read";
  return std::nullopt;
}

std::optional<std::string> LockedFolder::replace(const fs::path& file, std::string_view text) const {
  fs::path path;
  if (auto refused = resolve(file, path)) return refused;
  const auto parent = path.parent_path();
  std::error_code error;
  fs::create_directories(parent, error);
  if (error) return parent.string() + ": " + error.message();

  struct stat like {};
  const bool exists = ::stat(path.c_str(), &like) == 0;
  if (!exists && ::stat(folder_.c_str(), &like) != 0) return because(folder_, errno);
  // One name will do, since the folder is locked; what a crash left behind goes first.
  const auto fresh = parent / ("." + path.filename().string() + ".new");
  ::unlink(fresh.c_str());
  if (!write_new(fresh, text, like, exists ? like.st_mode & 07777U : kNewFile) ||
      ::rename(fresh.c_str(), path.c_str()) != 0) {
    auto message = because(path, errno);
    ::unlink(fresh.c_str());
    return message;
  }
  for (auto folder = parent;; folder = folder.parent_path()) {
    if (!sync_folder(folder)) return because(folder, errno);
    if (folder == folder_) return std::nullopt;
  }
}

}  // namespace breakwater::lists
