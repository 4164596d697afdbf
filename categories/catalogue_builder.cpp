#include "categories/catalogue_builder.h"

#include <array>
#include <cerrno>
#include <cstdlib>
#include <limits>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "categories/built_in_categories.h"
#include "categories/host_index.h"
#include "categories/image.h"
#include "categories/list_files.h"
#include "categories/list_reader.h"
#include "categories/pattern_compiler.h"
#include "categories/siphash.h"

namespace breakwater::categories {
namespace {

constexpr std::size_t kReadSize = 1 << 20;

std::string last_error() {
  return std::generic_category().message(errno);
}

/// A file descriptor that closes itself.
class File {
 public:
  explicit File(int fd) : fd_(fd) {}
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }

 private:
  int fd_;
};

/// The warnings of one list, of which the first kKeptPerList are kept.
class Warnings {
 public:
  explicit Warnings(std::string file) : file_(std::move(file)) {}

  void add(std::uint32_t line, std::uint32_t column, std::string message) {
    if (kept_.size() < kKeptPerList)
      kept_.push_back({Severity::warning, file_, line, column, std::move(message)});
    else
      ++more_;
  }
  void move_to(Diagnostics& diagnostics) {
    if (more_) kept_.push_back({Severity::warning, file_, 0, 0, std::to_string(more_) + " more lines with mistakes"});
    std::move(kept_.begin(), kept_.end(), std::back_inserter(diagnostics));
  }

 private:
  std::string file_;
  Diagnostics kept_;
  std::size_t more_ = 0;
};

class Builder {
 public:
  Builder(const Sources& sources, BuildReport& report, const SipKey& key)
      : sources_(sources), report_(report), hosts_(key), image_(fingerprint(sources)) {}

  std::optional<std::vector<std::uint8_t>> build() {
    for (const auto& source : sources_.all)
      read(source);
    if (has_errors(report_.diagnostics)) return finish_report();
    compile();
    for (const auto& range : ranges_)
      check_not_empty(range);
    finish_report();
    if (has_errors(report_.diagnostics)) return std::nullopt;
    write_tables();
    auto bytes = std::move(image_).finish();
    if (!bytes.empty()) return bytes;
    error({}, "OpenSSL gives no SHA-256");
    return std::nullopt;
  }

 private:
  class Sink;

  struct Range {
    const Source* source = nullptr;
    std::size_t first = 0;
    std::size_t last = 0;
  };

  void error(const std::filesystem::path& file, std::string message) {
    report_.diagnostics.push_back({Severity::error, file.string(), 0, 0, std::move(message)});
  }

  std::nullopt_t finish_report() {
    for (auto& warnings : warnings_)
      warnings.move_to(report_.diagnostics);
    return std::nullopt;
  }

  void read(const Source& source) {
    const auto first = report_.lists.size();
    for (const auto& file : find_list_files(source, sources_, report_.inputs, report_.diagnostics))
      read(file);
    ranges_.push_back({&source, first, report_.lists.size()});
  }

  void read(const ListFile& file);
  bool feed(const ListFile& file, ListReader& reader);
  CategoryId category(const ListFile& file);
  void check_not_empty(const Range& range);
  void compile();
  void write_tables();

  const Sources& sources_;
  BuildReport& report_;
  std::vector<Warnings> warnings_;  ///< parallel to report_.lists
  std::vector<Range> ranges_;       ///< the lists of each source
  std::vector<char> buffer_ = std::vector<char>(kReadSize);
  CategoryTable table_;
  HostIndexBuilder hosts_;
  PatternCompiler patterns_;
  ImageWriter image_;
};

/// Takes the entries of one list.
class Builder::Sink : public EntrySink {
 public:
  Sink(Builder& builder, std::size_t list) : builder_(builder), list_(list) {}
  void domain(const Host& host, std::uint32_t line) override { builder_.hosts_.add(host.text(), target(line)); }
  void pattern(EntryKind kind, std::string_view text, std::uint32_t line) override {
    builder_.patterns_.add(kind, text, target(line));
  }
  void network(const Network&, std::uint32_t) override {}
  void except(const Host&, std::uint32_t) override {}
  void until(std::chrono::sys_days, std::uint32_t) override {}
  void include(std::string_view, std::uint32_t, std::uint32_t) override {}
  void skip(std::string_view, std::uint32_t, std::uint32_t) override {}
  void reject(std::uint32_t line, std::uint32_t column, std::string message) override {
    ++builder_.report_.lists[list_].rejected;
    builder_.warnings_[list_].add(line, column, std::move(message));
  }

 private:
  Target target(std::uint32_t line) const { return make_target(static_cast<ListId>(list_), line); }

  Builder& builder_;
  std::size_t list_;
};

CategoryId Builder::category(const ListFile& file) {
  if (file.category.empty() && file.role != ListRole::feed && file.role != ListRole::local) return 0;
  const bool known = table_.find(file.category).has_value();
  const auto id = table_.add(file.category);
  if (!id) {
    error(file.path, table_.size() == kMaxCategories
                         ? "there are more than " + std::to_string(kMaxCategories) + " categories"
                         : '"' + file.category + "\" is not the name of a category");
    return 0;
  }
  if (file.role == ListRole::local && !known) {
    const auto taxonomy = built_in_categories();
    const auto meant = nearest(file.category, {taxonomy.begin(), taxonomy.end()});
    if (!meant.empty())
      report_.diagnostics.push_back(
          {Severity::warning, file.path.string(), 0, 0,
           "the category \"" + file.category + "\" is new; did you mean \"" + std::string{meant} + "\"?"});
  }
  return *id;
}

void Builder::read(const ListFile& file) {
  const auto list = report_.lists.size();
  if (list > std::numeric_limits<ListId>::max()) return error(file.path, "there are too many lists");
  report_.inputs.push_back(file.path);
  report_.lists.push_back({file.name, category(file), file.role, 0, 0});
  warnings_.emplace_back(file.path.string());
  Sink sink{*this, list};
  ListReader reader{file.format, sink, file.path.filename().string()};
  if (!feed(file, reader)) return error(file.path, last_error());
  reader.finish();
  if (!reader.refusal().empty()) error(file.path, std::string{reader.refusal()});
}

/// False: errno says why. Lists are read rather than mapped, since an update may cut them short meanwhile.
bool Builder::feed(const ListFile& file, ListReader& reader) {
  const File input{::open(file.path.c_str(), O_RDONLY | O_CLOEXEC)};
  if (!input) return false;
  for (;;) {
    const auto size = ::read(input.get(), buffer_.data(), buffer_.size());
    if (size < 0 && errno == EINTR) continue;
    if (size < 0) return false;
    if (size == 0 || !reader.refusal().empty()) return true;
    reader.feed({buffer_.data(), static_cast<std::size_t>(size)});
  }
}

void Builder::compile() {
  hosts_.write(image_, report_.lists);
  std::vector<PatternCompiler::Refusal> refusals;
  std::string message;
  if (!patterns_.write(image_, report_.lists, refusals, message)) error({}, message);
  for (const auto& refusal : refusals) {
    ++report_.lists[list_of(refusal.target)].rejected;
    warnings_[list_of(refusal.target)].add(line_of(refusal.target), 1, refusal.message);
  }
}

void Builder::check_not_empty(const Range& range) {
  for (auto list = range.first; list < range.last; ++list)
    if (report_.lists[list].entries > 0) return;
  const auto severity = range.source->role == ListRole::feed ? Severity::error : Severity::warning;
  report_.diagnostics.push_back({severity, range.source->path.string(), 0, 0, "has not a single entry"});
}

void Builder::write_tables() {
  SectionWriter names;
  for (const auto name : table_.names())
    names.text(name);
  image_.add(Section::categories, names.bytes());
  SectionWriter lists;
  for (const auto& list : report_.lists) {
    lists.text(list.name);
    lists.number(list.category);
    lists.number(static_cast<std::uint8_t>(list.role));
    lists.number(list.entries);
    lists.number(list.rejected);
  }
  image_.add(Section::lists, lists.bytes());
}

/// A description of a file that changes whenever the file does.
std::string stamp(const std::filesystem::path& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return path.string() + " absent\n";
  return path.string() + ' ' + std::to_string(status.st_size) + ' ' + std::to_string(status.st_mtim.tv_sec) + '.' +
         std::to_string(status.st_mtim.tv_nsec) + ' ' + std::to_string(status.st_ino) + '\n';
}

}  // namespace

std::optional<std::vector<std::uint8_t>> build_catalogue(const Sources& sources, BuildReport& report) {
  report = {};
  if (const auto key = random_key()) return Builder{sources, report, *key}.build();
  report.diagnostics.push_back({Severity::error, "", 0, 0, "OpenSSL gives no random bytes"});
  return std::nullopt;
}

std::uint64_t fingerprint(const Sources& sources) {
  std::string text;
  for (const auto& source : sources.all) {
    std::vector<std::filesystem::path> folders;
    Diagnostics ignored;
    text += source.name + ' ' + std::to_string(static_cast<int>(source.format)) + '\n' + stamp(source.path);
    for (const auto& file : find_list_files(source, sources, folders, ignored))
      text += stamp(file.path) + file.category + ' ' + std::to_string(static_cast<int>(file.role)) + '\n';
  }
  return siphash(SipKey{}, text);
}

bool write_image(const std::filesystem::path& file, const std::vector<std::uint8_t>& image, std::string& error) {
  auto temporary = file.string() + ".XXXXXX";
  const auto fail = [&](const char* what) {
    error = std::string{what} + ' ' + temporary + ": " + last_error();
    ::unlink(temporary.c_str());
    return false;
  };
  const File output{::mkostemp(temporary.data(), O_CLOEXEC)};
  if (!output) return fail("cannot create");
  for (std::span<const std::uint8_t> rest = image; !rest.empty();) {
    const auto size = ::write(output.get(), rest.data(), rest.size());
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) return fail("cannot write");
    rest = rest.subspan(static_cast<std::size_t>(size));
  }
  if (::fsync(output.get()) != 0) return fail("cannot sync");
  if (::rename(temporary.c_str(), file.c_str()) != 0) return fail("cannot rename");
  // The rename itself is durable once the folder is on disk; should that fail, the image is only built again.
  auto folder = file.parent_path();
  if (folder.empty()) folder = ".";
  const File parent{::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (parent) ::fsync(parent.get());
  return true;
}

}  // namespace breakwater::categories
