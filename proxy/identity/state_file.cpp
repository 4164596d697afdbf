#include "proxy/identity/state_file.h"

#include <fstream>
#include <sstream>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace breakwater::identity {
namespace {

constexpr mode_t kPrivate = 0600;
constexpr const char* kLock = "lock";

}  // namespace

std::optional<std::string> read_text(const std::filesystem::path& file, std::size_t most, std::string& error) {
  std::error_code code;
  const auto size = std::filesystem::file_size(file, code);  // of a regular file alone
  if (code) {
    error = code.message();
    return std::nullopt;
  }
  if (size > most) {
    error = fmt::format("larger than {} bytes", most);
    return std::nullopt;
  }
  std::ifstream stream(file, std::ios::binary);
  std::ostringstream text;
  if (size != 0) text << stream.rdbuf();
  if (!stream || !text) {
    error = categories::last_error();
    return std::nullopt;
  }
  return std::move(text).str();
}

std::string write_private(const std::filesystem::path& file, std::string_view text) {
  auto fresh = file;
  fresh += ".new";
  const categories::File out(::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, kPrivate));
  if (!out || !out.write(text) || ::fsync(out.get()) != 0 || ::rename(fresh.c_str(), file.c_str()) != 0)
    return categories::last_error();
  return {};
}

StateLock::StateLock(const std::filesystem::path& folder) {
  std::error_code ignored;
  std::filesystem::create_directories(folder, ignored);
  std::filesystem::permissions(folder, std::filesystem::perms::owner_all, ignored);
  file_ = categories::File(::open((folder / kLock).c_str(), O_RDWR | O_CREAT | O_CLOEXEC, kPrivate));
  if (file_) static_cast<void>(::flock(file_.get(), LOCK_EX | LOCK_NB));
}

bool StateLock::is_held(const std::filesystem::path& folder) {
  const categories::File file(::open((folder / kLock).c_str(), O_RDWR | O_CLOEXEC));
  return file && ::flock(file.get(), LOCK_SH | LOCK_NB) != 0;
}

bool WatchedFiles::look() {
  auto now = stamp();
  const bool settled = !taken_ || now == last_;
  last_ = now;
  if (!settled || taken_ == now) return false;
  taken_ = std::move(now);
  return true;
}

std::string WatchedFiles::stamp() const {
  std::string text;
  for (const auto& file : files_) {
    struct stat status {};
    if (::stat(file.c_str(), &status) != 0)
      text += "-;";
    else
      text += fmt::format("{} {} {} {};", status.st_ino, status.st_size, status.st_mtim.tv_sec, status.st_mtim.tv_nsec);
  }
  return text;
}

}  // namespace breakwater::identity
