#include "categories/archive.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <archive.h>
#include <archive_entry.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "categories/file.h"
#include "categories/words.h"

namespace breakwater::categories {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kBlock = 64 << 10;
constexpr std::uint64_t kFreeBytes = 1 << 20;  // a short list of repeats is no bomb
constexpr std::size_t kKeptWarnings = 20;
constexpr std::size_t kQuoted = 80;
constexpr const char* kBadName = "a name with characters that are not taken";
constexpr mode_t kFolderMode = 0755;
constexpr mode_t kFileMode = 0644;

struct ArchiveFree {
  void operator()(::archive* reader) const { archive_read_free(reader); }
};

bool is_name_byte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view{"._+@!-"}.find(c) != std::string_view::npos;
}

/// "list.txt.gz" -> "list.txt"
std::string unpacked_name(const fs::path& archive) {
  const auto name = archive.stem().string();
  return !name.empty() && std::all_of(name.begin(), name.end(), is_name_byte) && name != ".." ? name : "list";
}

/// A member's path in parts, or why it is not taken.
struct MemberPath {
  std::vector<std::string_view> parts;
  const char* fault = nullptr;
};
MemberPath split(std::string_view path) {
  if (path.starts_with('/')) return {{}, "an absolute path"};
  MemberPath member;
  while (!path.empty()) {
    const auto part = path.substr(0, path.find('/'));
    path.remove_prefix(std::min(path.size(), part.size() + 1));
    if (part.empty() || part == ".") continue;
    if (part == "..") return {{}, "a path that leads out of the archive"};
    if (!std::all_of(part.begin(), part.end(), is_name_byte)) return {{}, kBadName};
    member.parts.push_back(part);
  }
  if (member.parts.empty()) return {{}, "a path without a name"};
  return member;
}

/// A folder beside the target that goes away with all it holds, unless it has been moved.
class Staging {
 public:
  explicit Staging(const fs::path& into) : path_(into.string() + ".XXXXXX") {
    auto name = path_.string();
    made_ = ::mkdtemp(name.data()) != nullptr;
    if (made_) path_ = name;
  }
  Staging(const Staging&) = delete;
  Staging& operator=(const Staging&) = delete;
  ~Staging() {
    std::error_code ignored;
    if (made_) fs::remove_all(path_, ignored);
  }
  explicit operator bool() const { return made_; }
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
  bool made_ = false;
};

class Unpacker {
 public:
  Unpacker(const fs::path& file, const fs::path& root, const ArchiveLimits& limits, Diagnostics& diagnostics)
      : file_(file), root_(root), limits_(limits), diagnostics_(diagnostics) {}

  std::optional<std::string> run() {
    std::error_code error;
    const auto packed = fs::file_size(file_, error);
    if (error) return error.message();
    bomb_bytes_ = packed * limits_.ratio + kFreeBytes;
    if (auto fault = open()) return fault;
    for (;;) {
      archive_entry* entry = nullptr;
      const int status = archive_read_next_header(reader_.get(), &entry);
      if (status == ARCHIVE_EOF) break;
      // A warning may be a name that has no form in this locale: such a member is left out by its name.
      if (status != ARCHIVE_OK && status != ARCHIVE_WARN) return damaged();
      if (auto fault = member(entry)) return fault;
    }
    tell_rest();
    if (files_ == 0) return "the archive holds no file";
    return std::nullopt;
  }

 private:
  std::optional<std::string> open() {
    if (!is_archive(file_)) return "is no archive";
    reader_.reset(archive_read_new());
    auto* reader = reader_.get();
    if (!reader) return "out of memory";
    archive_read_support_filter_gzip(reader);
    archive_read_support_filter_bzip2(reader);
    archive_read_support_filter_xz(reader);
    archive_read_support_filter_zstd(reader);
    archive_read_support_format_tar(reader);
    archive_read_support_format_zip(reader);
    archive_read_support_format_7zip(reader);
    archive_read_support_format_raw(reader);
    archive_read_support_format_empty(reader);
    if (archive_read_open_filename(reader, file_.c_str(), kBlock) != ARCHIVE_OK) return damaged();
    return std::nullopt;
  }

  std::optional<std::string> member(archive_entry* entry) {
    // The last of the filters stands for the file itself.
    if (archive_filter_count(reader_.get()) > 2) return "is packed more than once";
    if (++members_ > limits_.members) return "has more than " + std::to_string(limits_.members) + " members";
    const bool raw = archive_format(reader_.get()) == ARCHIVE_FORMAT_RAW;
    if (raw && archive_filter_code(reader_.get(), 0) == ARCHIVE_FILTER_NONE) return "is damaged: its head is cut short";
    const auto name = unpacked_name(file_);
    if (raw && (name.ends_with(".tar") || file_.extension() == ".tgz")) return "holds no tar archive";
    const char* stored = raw ? name.c_str() : archive_entry_pathname(entry);
    const std::string_view path = stored ? stored : "";
    if (path.size() > limits_.path_bytes)
      return "has a path of more than " + std::to_string(limits_.path_bytes) + " bytes";

    const auto type = archive_entry_filetype(entry);
    if (type == AE_IFDIR) return copy(nullptr);  // folders are made for files
    auto way = split(path);
    if (!stored) way.fault = kBadName;
    if (type == AE_IFLNK || archive_entry_hardlink(entry)) {
      way.fault = "a link";
    } else if (type != AE_IFREG) {
      way.fault = "neither a file nor a folder";
    }
    if (way.fault) {
      leave_out(path, way.fault);
      return copy(nullptr);
    }
    if (way.parts.size() > limits_.depth + 1)
      return "has a path of more than " + std::to_string(limits_.depth) + " folders";
    return file(path, way.parts);
  }

  std::optional<std::string> file(std::string_view path, const std::vector<std::string_view>& parts) {
    auto target = root_;
    for (const auto part : parts) {
      // Nothing but folders and files is ever made below the root, so that no link can lead out of it.
      if (::mkdir(target.c_str(), kFolderMode) != 0 && errno != EEXIST) return last_error();
      target /= part;
    }
    const File output{::open(target.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, kFileMode)};
    if (!output) {
      if (errno != EEXIST && errno != ENOTDIR && errno != EISDIR) return last_error();
      leave_out(path, "stands twice");
      return copy(nullptr);
    }
    ++files_;
    return copy(&output);
  }

  /// Reads a member's bytes also where nobody wants them, so that each counts.
  std::optional<std::string> copy(const File* output) {
    std::uint64_t size = 0;
    for (;;) {
      const auto read = archive_read_data(reader_.get(), buffer_.data(), buffer_.size());
      if (read < 0) return damaged();
      if (read == 0) return std::nullopt;
      const auto bytes = static_cast<std::size_t>(read);
      size += bytes;
      total_ += bytes;
      if (size > limits_.file_bytes) return "has a file of more than " + std::to_string(limits_.file_bytes) + " bytes";
      if (total_ > limits_.total_bytes) return "holds more than " + std::to_string(limits_.total_bytes) + " bytes";
      if (total_ > bomb_bytes_) return "unpacks to more than " + std::to_string(limits_.ratio) + " times its size";
      if (output && !output->write({buffer_.data(), bytes})) return last_error();
    }
  }

  std::string damaged() const {
    const char* message = archive_error_string(reader_.get());
    std::string text = "is damaged: ";
    for (const char c : std::string_view{message ? message : "unknown"}.substr(0, kQuoted))
      text += c >= 0x20 && c < 0x7f ? c : '?';
    return text;
  }

  void leave_out(std::string_view path, const char* fault) {
    if (++left_out_ <= kKeptWarnings) warn("the member " + quote(path) + " is left out: " + fault);
  }
  void tell_rest() {
    if (left_out_ > kKeptWarnings) warn(std::to_string(left_out_ - kKeptWarnings) + " more members are left out");
  }
  void warn(std::string message) {
    diagnostics_.push_back({Severity::warning, file_.string(), 0, 0, std::move(message)});
  }

  const fs::path& file_;
  const fs::path& root_;
  const ArchiveLimits& limits_;
  Diagnostics& diagnostics_;
  std::unique_ptr<::archive, ArchiveFree> reader_;
  std::vector<char> buffer_ = std::vector<char>(kBlock);
  std::uint64_t bomb_bytes_ = 0;
  std::uint64_t total_ = 0;
  std::uint32_t members_ = 0;
  std::size_t files_ = 0;
  std::size_t left_out_ = 0;
};

/// The folder that holds all the others, if it is only a wrapper.
fs::path without_wrapper(const fs::path& root, std::error_code& error) {
  fs::directory_iterator at{root, error};
  if (error || at == fs::directory_iterator{} || !at->is_directory(error)) return root;
  auto only = at->path();
  if (at.increment(error) != fs::directory_iterator{}) return root;
  for (const char* list : {"domains", "urls", "expressions"})
    if (fs::is_regular_file(only / list, error)) return root;
  error.clear();
  return only;
}

}  // namespace

bool is_archive(const fs::path& file) {
  using namespace std::string_view_literals;
  constexpr std::string_view kMagic[] = {"\x1f\x8b"sv,
                                         "BZh"sv,
                                         "\xfd"
                                         "7zXZ\0"sv,
                                         "\x28\xb5\x2f\xfd"sv,
                                         "PK\x03\x04"sv,
                                         "PK\x05\x06"sv,
                                         "7z\xbc\xaf\x27\x1c"sv};
  constexpr std::size_t kTarMagic = 257;  // POSIX.1-1988 ustar, also GNU's
  std::array<char, kTarMagic + 5> head{};
  std::ifstream input{file, std::ios::binary};
  input.read(head.data(), head.size());
  const std::string_view bytes{head.data(), static_cast<std::size_t>(std::max(input.gcount(), std::streamsize{0}))};
  return std::ranges::any_of(kMagic, [bytes](std::string_view magic) { return bytes.starts_with(magic); }) ||
         (bytes.size() == head.size() && bytes.ends_with("ustar"));
}

std::optional<std::string> unpack_archive(const fs::path& archive, const fs::path& into, const ArchiveLimits& limits,
                                          Diagnostics& diagnostics) {
  const Staging staging{into};
  if (!staging) return "no folder beside " + quote(into.string()) + ": " + last_error();
  const auto root = staging.path() / "files";
  if (auto fault = Unpacker{archive, root, limits, diagnostics}.run()) return fault;
  std::error_code error;
  const auto top = without_wrapper(root, error);
  if (!error) fs::rename(top, into, error);
  if (error) return error.message();
  return std::nullopt;
}

}  // namespace breakwater::categories
