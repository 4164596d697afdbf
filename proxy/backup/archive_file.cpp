#include "proxy/backup/archive_file.h"

#include <array>
#include <memory>

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <unistd.h>

#include "categories/file.h"

namespace breakwater::backup {
namespace {

constexpr mode_t kOwner = 0600;
constexpr std::size_t kBlock = 1 << 16;

struct Free {
  void operator()(archive_entry* entry) const { archive_entry_free(entry); }
};
struct FreeWriter {
  void operator()(archive* writer) const { archive_write_free(writer); }
};
struct FreeReader {
  void operator()(archive* reader) const { archive_read_free(reader); }
};

std::string message_of(archive* from) {
  const char* text = archive_error_string(from);
  return text ? text : "libarchive fails";
}

std::optional<std::string> begin(archive* writer, const std::string& name, std::uint64_t size) {
  const std::unique_ptr<archive_entry, Free> entry(archive_entry_new());
  archive_entry_set_pathname(entry.get(), name.c_str());
  archive_entry_set_size(entry.get(), static_cast<la_int64_t>(size));
  archive_entry_set_filetype(entry.get(), AE_IFREG);
  archive_entry_set_perm(entry.get(), kOwner);
  if (archive_write_header(writer, entry.get()) != ARCHIVE_OK) return message_of(writer);
  return std::nullopt;
}

std::optional<std::string> add_file(archive* writer, const std::filesystem::path& path, const std::string& name,
                                    std::uint64_t size) {
  const categories::File source{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW)};
  if (!source) return path.string() + ": " + categories::last_error();
  if (auto wrong = begin(writer, name, size)) return wrong;
  std::array<char, kBlock> buffer{};
  for (;;) {
    const auto got = ::read(source.get(), buffer.data(), buffer.size());
    if (got < 0) return path.string() + ": " + categories::last_error();
    if (got == 0) return std::nullopt;
    if (archive_write_data(writer, buffer.data(), static_cast<std::size_t>(got)) != got) return message_of(writer);
  }
}

/// What is left of one entry, to a new file.
std::optional<std::string> unpack(archive* reader, const std::filesystem::path& path, std::uint64_t size) {
  std::error_code error;
  std::filesystem::create_directories(path.parent_path(), error);
  const categories::File out{::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, kOwner)};
  if (!out) return path.string() + ": " + categories::last_error();
  std::array<char, kBlock> buffer{};
  std::uint64_t total = 0;
  for (;;) {
    const auto got = archive_read_data(reader, buffer.data(), buffer.size());
    if (got < 0) return message_of(reader);
    if (got == 0) break;
    total += static_cast<std::uint64_t>(got);
    if (total > size) return "a file is larger than its manifest says";
    if (::write(out.get(), buffer.data(), static_cast<std::size_t>(got)) != got)
      return path.string() + ": " + categories::last_error();
  }
  if (::fsync(out.get()) != 0) return path.string() + ": " + categories::last_error();
  return std::nullopt;
}

std::optional<Manifest> read_manifest(archive* reader, std::string& error) {
  archive_entry* entry = nullptr;
  if (archive_read_next_header(reader, &entry) != ARCHIVE_OK || archive_entry_pathname(entry) == nullptr ||
      archive_entry_pathname(entry) != kManifest) {
    error = "this is no backup: it does not begin with a manifest";
    return std::nullopt;
  }
  std::string text(kMaxManifest, '\0');
  const auto got = archive_read_data(reader, text.data(), text.size());
  auto manifest =
      got < 0 ? std::nullopt : parse_manifest(std::string_view(text).substr(0, static_cast<std::size_t>(got)));
  if (!manifest) error = "this is no backup: its manifest cannot be read";
  return manifest;
}

}  // namespace

std::optional<std::string> write_archive(const std::filesystem::path& out, const std::filesystem::path& folder,
                                         const Manifest& manifest) {
  const categories::File file{::open(out.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, kOwner)};
  if (!file) return out.string() + ": " + categories::last_error();
  const std::unique_ptr<archive, FreeWriter> writer(archive_write_new());
  archive_write_set_format_pax_restricted(writer.get());
  if (archive_write_open_fd(writer.get(), file.get()) != ARCHIVE_OK) return message_of(writer.get());
  const auto text = to_json(manifest);
  if (auto wrong = begin(writer.get(), std::string(kManifest), text.size())) return wrong;
  if (archive_write_data(writer.get(), text.data(), text.size()) != static_cast<la_ssize_t>(text.size()))
    return message_of(writer.get());
  for (const auto& [name, about] : manifest) {
    if (auto wrong = add_file(writer.get(), folder / name, name, about.size)) return wrong;
  }
  if (archive_write_close(writer.get()) != ARCHIVE_OK) return message_of(writer.get());
  if (::fsync(file.get()) != 0) return out.string() + ": " + categories::last_error();
  return std::nullopt;
}

std::optional<Manifest> read_archive(const std::filesystem::path& file, const std::filesystem::path& folder,
                                     std::string& error) {
  const std::unique_ptr<archive, FreeReader> reader(archive_read_new());
  archive_read_support_format_tar(reader.get());
  if (archive_read_open_filename(reader.get(), file.c_str(), kBlock) != ARCHIVE_OK) {
    error = message_of(reader.get());
    return std::nullopt;
  }
  auto manifest = read_manifest(reader.get(), error);
  if (!manifest) return std::nullopt;
  archive_entry* entry = nullptr;
  int got = ARCHIVE_OK;
  while ((got = archive_read_next_header(reader.get(), &entry)) == ARCHIVE_OK) {
    const char* name = archive_entry_pathname(entry);
    const auto found = manifest->find(name ? name : "");
    if (found == manifest->end() || archive_entry_filetype(entry) != AE_IFREG) {
      error = "the backup holds a file that its manifest does not name";
      return std::nullopt;
    }
    if (const auto wrong = unpack(reader.get(), folder / found->first, found->second.size)) {
      error = *wrong;
      return std::nullopt;
    }
  }
  if (got == ARCHIVE_EOF) return manifest;
  error = message_of(reader.get());
  return std::nullopt;
}

}  // namespace breakwater::backup
