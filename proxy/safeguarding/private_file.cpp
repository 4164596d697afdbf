#include "proxy/safeguarding/private_file.h"

#include <fstream>
#include <iterator>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace breakwater::safeguarding {
namespace {

namespace fs = std::filesystem;
using categories::File;
using categories::last_error;

constexpr mode_t kFile = S_IRUSR | S_IWUSR;

/// A name alone stands in the folder at hand.
fs::path folder_of(const fs::path& file) {
  return file.has_parent_path() ? file.parent_path() : fs::path(".");
}

}  // namespace

bool sync_folder(const fs::path& folder) {
  const File opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  return opened && ::fsync(opened.get()) == 0;
}

void make_private_folder(const fs::path& folder) {
  std::error_code ignored;  // what is written there says it again
  if (fs::is_directory(folder, ignored)) return;
  if (folder.has_parent_path()) make_private_folder(folder.parent_path());
  ::mkdir(folder.c_str(), S_IRWXU);
  static_cast<void>(sync_folder(folder_of(folder)));
}

std::optional<std::string> read_private(const fs::path& file, std::size_t most, std::string& error) {
  error.clear();
  std::error_code code;
  const auto status = fs::status(file, code);
  if (status.type() == fs::file_type::not_found) return std::nullopt;
  if (status.type() != fs::file_type::regular) {
    error = code ? code.message() : "is no file";
    return std::nullopt;
  }
  std::ifstream stream(file, std::ios::binary);
  std::string bytes(most + 1, '\0');
  stream.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  if (!stream.is_open() || stream.bad()) {
    error = last_error();
    return std::nullopt;
  }
  bytes.resize(static_cast<std::size_t>(stream.gcount()));
  if (bytes.size() <= most) return bytes;
  error = "is too large";
  return std::nullopt;
}

std::string write_private(const fs::path& file, std::string_view bytes) {
  make_private_folder(folder_of(file));
  auto fresh = file;
  fresh += ".new";
  const File out(::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, kFile));
  if (!out || !out.write(bytes) || ::fsync(out.get()) != 0 || ::rename(fresh.c_str(), file.c_str()) != 0 ||
      !sync_folder(folder_of(file)))
    return last_error();
  return {};
}

std::string destroy_private(const fs::path& file) {
  std::error_code code;
  const auto size = fs::file_size(file, code);
  if (code) return code.message();
  const File out(::open(file.c_str(), O_WRONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!out || !out.write(std::string(size, '\0')) || ::fsync(out.get()) != 0 || ::unlink(file.c_str()) != 0 ||
      !sync_folder(folder_of(file)))
    return last_error();
  return {};
}

FolderLock::FolderLock(const fs::path& folder) {
  make_private_folder(folder);
  file_ = File(::open((folder / ".lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, kFile));
  while (file_ && ::flock(file_.get(), LOCK_EX) != 0 && errno == EINTR) {
  }
}

}  // namespace breakwater::safeguarding
