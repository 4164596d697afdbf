#include "proxy/feeds/files.h"

#include <cerrno>
#include <cstdio>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace breakwater::feeds {

MappedFile::MappedFile(const std::filesystem::path& file) {
  const File descriptor(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat status {};
  if (!descriptor || ::fstat(descriptor.get(), &status) != 0 || !S_ISREG(status.st_mode)) return;
  const auto size = static_cast<std::size_t>(status.st_size);
  if (size > 0) {
    auto* const address = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, descriptor.get(), 0);
    if (address == MAP_FAILED) return;
    bytes_ = {static_cast<std::uint8_t*>(address), size};
  }
  open_ = true;
}

MappedFile::~MappedFile() {
  if (!bytes_.empty()) ::munmap(bytes_.data(), bytes_.size());
}

std::optional<std::string> read_head(const std::filesystem::path& file, std::size_t most) {
  const File descriptor(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (!descriptor) return std::nullopt;
  std::string text(most, '\0');
  std::span<char> rest(text);
  while (!rest.empty()) {
    const auto size = ::read(descriptor.get(), rest.data(), rest.size());
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return std::nullopt;
    if (size == 0) break;
    rest = rest.subspan(static_cast<std::size_t>(size));
  }
  text.resize(most - rest.size());
  return text;
}

std::optional<std::string> replace_file(const std::filesystem::path& file, std::string_view text) {
  auto temporary = file;
  temporary += ".new";
  const auto fail = [&](const char* what) {
    return std::string(what) + ' ' + temporary.string() + ": " + last_error();
  };
  const File output(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, kFileMode));
  if (!output) return fail("cannot create");
  if (!output.write(text)) return fail("cannot write");
  if (::fsync(output.get()) != 0) return fail("cannot sync");
  if (::rename(temporary.c_str(), file.c_str()) != 0) return fail("cannot rename");
  return std::nullopt;
}

std::optional<std::string> make_folder(const std::filesystem::path& folder) {
  if (::mkdir(folder.c_str(), kFolderMode) == 0 || errno == EEXIST) return std::nullopt;
  if (errno == ENOENT && folder.has_relative_path() && folder.parent_path() != folder) {
    if (auto fault = make_folder(folder.parent_path())) return fault;
    if (::mkdir(folder.c_str(), kFolderMode) == 0 || errno == EEXIST) return std::nullopt;
  }
  return "cannot make the folder " + folder.string() + ": " + last_error();
}

}  // namespace breakwater::feeds
