#include "categories/part_reader.h"

#include <algorithm>
#include <map>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>

#include "categories/file.h"
#include "categories/list_reader.h"
#include "categories/part_cache.h"
#include "categories/public_suffix.h"
#include "categories/sha256.h"

namespace breakwater::categories {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kReaderVersion = "reader 1";  // to be changed with the meaning of any line of any format
constexpr std::string_view kEnd{"\0", 1};  // in the sum, where one name or file ends: two lists are not taken for one
constexpr std::size_t kReadSize = 1 << 20;
constexpr std::size_t kMaxIncludes = 256;
constexpr std::size_t kMaxIncludeDepth = 8;
constexpr std::size_t kMaxLines = std::size_t{1} << 31;
constexpr off_t kLeastBytesOfHost = 12;  // of a line, on average: to reserve room

/// What is wrong with a list: the first kKeptPerList and a count; what does not apply is counted by kind.
class Findings {
 public:
  void reject(const fs::path& file, std::uint32_t line, std::uint32_t column, std::string message) {
    ++rejected_;
    if (kept_.size() < kKeptPerList)
      kept_.push_back({Severity::warning, file.string(), line, column, std::move(message)});
  }
  void skip(const fs::path& file, std::uint32_t line, std::uint32_t column, std::string_view what) {
    ++skipped_;
    auto found = kinds_.find(what);
    if (found == kinds_.end())
      found = kinds_.emplace(what, Kind{0, {Severity::warning, file.string(), line, column, {}}}).first;
    ++found->second.number;
  }
  std::uint32_t rejected() const { return rejected_; }
  std::uint32_t skipped() const { return skipped_; }

  Diagnostics take(const fs::path& list) {
    if (rejected_ > kept_.size())
      kept_.push_back({Severity::warning, list.string(), 0, 0,
                       std::to_string(rejected_ - kept_.size()) + " more lines with mistakes"});
    for (auto& [what, kind] : kinds_) {
      auto& message = kind.first.message;
      message = "passed over: " + what;
      if (kind.number > 1) message += " (" + std::to_string(kind.number) + " in all)";
      kept_.push_back(std::move(kind.first));
    }
    return std::move(kept_);
  }

 private:
  struct Kind {
    std::uint32_t number = 0;
    Diagnostic first;
  };
  std::uint32_t rejected_ = 0;
  std::uint32_t skipped_ = 0;
  Diagnostics kept_;
  std::map<std::string, Kind, std::less<>> kinds_;
};

class Reading : public EntrySink {
 public:
  Reading(const ListFile& file, const fs::path& root, const SipKey& key)
      : file_(file), root_(root), key_(key), part_(key), current_(file.path) {}

  std::optional<std::vector<std::uint8_t>> run(Diagnostics& diagnostics) {
    sum_.update(kReaderVersion);
    sum_.update(to_string(file_.format));
    sum_.update(kEnd);
    sum_.update(file_.path.filename().string());  // tells the language of key words, and what e2guardian's lists hold
    ListReader reader{file_.format, *this, file_.path.filename().string()};
    reader_ = &reader;
    auto error = read(file_.path, reader);
    if (error.empty()) error = reader.refusal();
    if (error.empty() && !part_.has_room()) error = "there are more entries than any list should have";
    if (!error.empty()) {
      diagnostics.push_back({Severity::error, file_.path.string(), 0, 0, std::move(error)});
      return std::nullopt;
    }
    const auto found = findings_.take(file_.path);
    return part_.write(sum_.hex(), reader.format(), findings_.rejected(), findings_.skipped(), found, includes_);
  }

  void domain(const Host& host, std::uint32_t line) override {
    part_.host(host.text(), at(line));
    if (!host.is_literal() && suffixes_.kind(host.text()) == SuffixKind::private_)
      part_.shared_suffix(host.text(), at(line));
  }
  void network(const Network& network, std::uint32_t line) override { part_.network(network, at(line)); }
  void except(const Host& host, std::uint32_t line) override { part_.except(host.text(), at(line)); }
  void pattern(EntryKind kind, std::string_view text, std::uint32_t line) override {
    part_.pattern(kind, text, at(line));
  }
  void until(std::chrono::sys_days day, std::uint32_t line) override { part_.until(day, at(line)); }
  void reject(std::uint32_t line, std::uint32_t column, std::string message) override {
    findings_.reject(current_, line, column, std::move(message));
  }
  void skip(std::string_view what, std::uint32_t line, std::uint32_t column) override {
    findings_.skip(current_, line, column, what);
  }

  void include(std::string_view name, std::uint32_t line, std::uint32_t column) override {
    const auto refuse = [&](std::string why) {
      findings_.reject(current_, line, column, "the included file " + std::move(why));
    };
    std::error_code ignored;
    const auto path = fs::weakly_canonical(current_.parent_path() / name, ignored);
    const auto root = fs::weakly_canonical(root_, ignored);
    const auto inside = std::mismatch(root.begin(), root.end(), path.begin(), path.end()).first == root.end();
    if (ignored || !inside) return refuse("lies outside of the feed's folder");
    if (path == fs::weakly_canonical(file_.path, ignored) || std::ranges::count(open_, path) > 0)
      return refuse("includes itself");
    if (open_.size() == kMaxIncludeDepth) return refuse("is included too deeply");
    if (includes_.size() == kMaxIncludes) return refuse("is one too many");
    includes_.push_back({path, PartCache::stamp(path)});
    open_.push_back(path);
    const auto outer_file = std::exchange(current_, path);
    const auto outer_line = std::exchange(included_at_, at(line));
    // What is included is written as what includes it.
    const auto* outer_reader = reader_;
    ListReader reader{outer_reader->format(), *this, file_.path.filename().string()};
    reader_ = &reader;
    auto error = read(path, reader);
    if (error.empty()) error = reader.refusal();
    reader_ = outer_reader;
    current_ = outer_file;
    included_at_ = outer_line;
    open_.pop_back();
    if (!error.empty()) refuse("cannot be used: " + error);
  }

 private:
  /// Entries of an included file stand where the list includes it.
  std::uint32_t at(std::uint32_t line) const { return included_at_ ? included_at_ : line; }

  /// Lists are read rather than mapped, since an update may cut them short meanwhile. Returns what went wrong.
  std::string read(const fs::path& path, ListReader& reader) {
    const File input{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
    if (!input) return last_error();
    struct stat status {};
    if (::fstat(input.get(), &status) != 0) return last_error();
    if (!S_ISREG(status.st_mode)) return "is no file";
    if (!included_at_)
      part_.reserve(static_cast<std::size_t>(std::min(status.st_size, off_t{1} << 30) / kLeastBytesOfHost));
    std::vector<char> buffer(std::min(kReadSize, static_cast<std::size_t>(status.st_size) + 1));
    std::size_t total = 0;
    sum_.update(kEnd);
    while (reader.refusal().empty() && part_.has_room()) {
      const auto size = ::read(input.get(), buffer.data(), buffer.size());
      if (size < 0 && errno == EINTR) continue;
      if (size < 0) return last_error();
      if (size == 0) break;
      const std::string_view bytes{buffer.data(), static_cast<std::size_t>(size)};
      total += bytes.size();
      if (total > kMaxLines) return "is larger than any list should be";
      sum_.update(bytes);
      reader.feed(bytes);
    }
    reader.finish();
    return {};
  }

  const ListFile& file_;
  const fs::path& root_;
  SipKey key_;
  PartWriter part_;
  Sha256 sum_;
  Findings findings_;
  const PublicSuffixes& suffixes_ = PublicSuffixes::system();
  const ListReader* reader_ = nullptr;
  fs::path current_;               ///< the file whose lines come
  std::uint32_t included_at_ = 0;  ///< 0: the list itself
  std::vector<fs::path> open_;
  std::vector<Part::Include> includes_;
};

}  // namespace

std::optional<std::vector<std::uint8_t>> read_part(const ListFile& file, const fs::path& root, const SipKey& key,
                                                   Diagnostics& diagnostics) {
  return Reading{file, root, key}.run(diagnostics);
}

}  // namespace breakwater::categories
