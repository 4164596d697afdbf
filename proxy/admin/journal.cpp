#include "proxy/admin/journal.h"

#include <algorithm>
#include <cerrno>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "categories/file.h"

namespace breakwater::admin {
namespace {

constexpr mode_t kOwner = 0600;

/// The file that has this name once its lock is held: another may have taken its place while that was waited for.
categories::File open_locked(const std::filesystem::path& path, int flags) {
  for (;;) {
    categories::File file{::open(path.c_str(), flags | O_CLOEXEC, kOwner)};
    if (!file || ::flock(file.get(), LOCK_EX) != 0) return categories::File();
    struct stat mine {};
    struct stat named {};
    if (::fstat(file.get(), &mine) != 0) return categories::File();
    if (::stat(path.c_str(), &named) == 0 && mine.st_ino == named.st_ino && mine.st_dev == named.st_dev) return file;
  }
}

/// All of it, from its beginning.
std::optional<std::string> read_all(const categories::File& file) {
  constexpr std::size_t kChunk = 1 << 16;
  std::string text;
  for (;;) {
    const auto before = text.size();
    text.resize(before + kChunk);
    const auto got = ::read(file.get(), text.data() + before, kChunk);
    if (got < 0 && errno != EINTR) return std::nullopt;
    text.resize(before + static_cast<std::size_t>(std::max<::ssize_t>(got, 0)));
    if (got == 0) return text;
  }
}

/// False: errno says why.
bool replace(const std::filesystem::path& path, std::string_view text) {
  auto fresh = path;
  fresh += ".new";
  const auto folder = path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
  const categories::File out{::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, kOwner)};
  const categories::File parent{::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (out && parent && out.write(text) && ::fsync(out.get()) == 0 && ::rename(fresh.c_str(), path.c_str()) == 0)
    return ::fsync(parent.get()) == 0;
  const auto failure = errno;
  ::unlink(fresh.c_str());
  errno = failure;
  return false;
}

}  // namespace

std::optional<std::string> Journal::append(std::string_view line) {
  const auto file = open_locked(file_, O_WRONLY | O_APPEND | O_CREAT);
  const auto size = file ? ::lseek(file.get(), 0, SEEK_END) : -1;
  if (size >= 0 && file.write(std::string(line) + '\n') && ::fdatasync(file.get()) == 0) return std::nullopt;
  auto error = file_.string() + ": " + categories::last_error();
  if (size >= 0 && ::ftruncate(file.get(), size) != 0) error += "; part of a line may be left";
  return error;
}

std::string rewrite_lines(const std::filesystem::path& file,
                          const std::function<std::optional<std::string>(std::string_view line)>& change,
                          Rewritten& done) {
  done = {};
  const auto held = open_locked(file, O_RDONLY);
  if (!held && errno == ENOENT) return {};
  const auto text = held ? read_all(held) : std::nullopt;
  if (!text) return file.string() + ": " + categories::last_error();
  std::string fresh;
  fresh.reserve(text->size());
  std::string_view rest(*text);
  for (auto end = rest.find('\n'); end != std::string_view::npos; end = rest.find('\n')) {
    const auto line = rest.substr(0, end);
    rest.remove_prefix(end + 1);
    const auto made = change(line);
    if (!made)
      ++done.removed;
    else if (*made != line)
      ++done.changed;
    if (made) fresh.append(*made).append("\n");
  }
  if (done.changed + done.removed == 0 || replace(file, fresh.append(rest))) return {};
  done = {};
  return file.string() + ": " + categories::last_error();
}

}  // namespace breakwater::admin
