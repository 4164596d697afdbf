#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "categories/diagnostic.h"
#include "categories/host_index.h"
#include "categories/image.h"
#include "categories/list_format.h"

namespace breakwater::categories {

/// What one list says, read once and kept: keyed hashes of its hosts, its patterns, its mistakes. A catalogue is put
/// together from parts, so that a change of one list costs only that list.
class Part {
 public:
  struct Pattern {
    EntryKind kind = EntryKind::url;
    std::uint32_t line = 0;
    std::string_view text;
  };
  /// The entries of a line hold until the end of `day`.
  struct Expiry {
    std::uint32_t line = 0;
    std::chrono::sys_days day;
  };
  /// An entry that is a public suffix of the private section: it covers the sites of many customers.
  struct SharedSuffix {
    std::uint32_t line = 0;
    std::string_view host;
  };
  struct Include {
    std::filesystem::path file;
    std::string stamp;  ///< PartCache::stamp(), taken before it was read
  };

  static Result<Part, CatalogueError> open(const std::filesystem::path& file);
  static Result<Part, CatalogueError> from_bytes(std::vector<std::uint8_t> bytes);

  /// SHA-256 of the list's bytes and of all that their meaning depends on: the format, the file's name, what it
  /// includes, the reader's version. The key is not in it: see is_of().
  std::string_view digest() const { return digest_; }
  ListFormat format() const { return format_; }
  /// Tells whether the part was made with this key: without the same one nothing in it is ever found.
  bool is_of(const SipKey& key) const { return image_.fingerprint() == host_key(key, kKeyMark); }
  /// Of hosts, networks and sealed URLs. Verified here and not before, since a start whose catalogue is compiled needs
  /// none of them. nullopt: they are damaged.
  std::optional<HashedHosts> hosts() const;
  const std::vector<Pattern>& patterns() const { return patterns_; }
  const std::vector<Expiry>& expiries() const { return expiries_; }  ///< sorted by line
  const std::vector<SharedSuffix>& shared_suffixes() const { return shared_suffixes_; }
  const HostKinds& kinds() const { return kinds_; }
  std::uint32_t rejected() const { return rejected_; }
  std::uint32_t skipped() const { return skipped_; }
  const Diagnostics& diagnostics() const { return diagnostics_; }
  const std::vector<Include>& includes() const { return includes_; }
  std::span<const std::uint8_t> bytes() const { return image_.bytes(); }

 private:
  friend class PartWriter;
  static constexpr std::string_view kKeyMark = "the key";
  explicit Part(Image image) : image_(std::move(image)) {}
  static Result<Part, CatalogueError> load(Result<Image, CatalogueError> image);
  bool read_notes();

  Image image_;
  std::string_view digest_;
  ListFormat format_ = ListFormat::automatic;
  HashedHosts hosts_;
  std::vector<Pattern> patterns_;
  std::vector<Expiry> expiries_;
  std::vector<SharedSuffix> shared_suffixes_;
  HostKinds kinds_;
  std::uint32_t rejected_ = 0;
  std::uint32_t skipped_ = 0;
  Diagnostics diagnostics_;
  std::vector<Include> includes_;
};

/// How one version of a list differs from another.
struct Difference {
  std::uint64_t added = 0;
  std::uint64_t removed = 0;
};
/// nullopt: one of them is damaged.
std::optional<Difference> compare(const Part& before, const Part& after);

/// Gathers a Part. Names that say the same are kept once, with their first line, and once more for each line before it
/// that holds until some day only.
class PartWriter {
 public:
  explicit PartWriter(const SipKey& key) : key_(key) {}

  void reserve(std::size_t hosts);
  void host(std::string_view host, std::uint32_t line) { add(host_key(key_, host), line); }
  void except(std::string_view host, std::uint32_t line) { add(host_key(key_, host), line | kExceptLine); }
  void network(const Network& network, std::uint32_t line);
  /// A URL of which only the hash is kept.
  void sealed_url(std::string_view match_text, std::uint32_t line);
  void pattern(EntryKind kind, std::string_view text, std::uint32_t line);
  void until(std::chrono::sys_days day, std::uint32_t line) { expiries_.push_back({line, day}); }
  void shared_suffix(std::string_view host, std::uint32_t line);
  /// False: the list has more entries than any list should have.
  bool has_room() const { return count_ < kMaxHosts && patterns_.size() < kMaxPatterns; }

  std::vector<std::uint8_t> write(std::string_view digest, ListFormat format, std::uint32_t rejected,
                                  std::uint32_t skipped, const Diagnostics& diagnostics,
                                  const std::vector<Part::Include>& includes);

 private:
  static constexpr std::size_t kMaxHosts = 32'000'000;
  static constexpr std::size_t kStretches = 256;
  static constexpr std::size_t kMaxPatterns = 1'000'000;
  struct Hashed {
    std::uint64_t hash = 0;
    std::uint32_t line = 0;
  };
  struct TextAt {
    EntryKind kind = EntryKind::url;
    std::uint32_t line = 0;
    std::string text;
  };

  void add(std::uint64_t hash, std::uint32_t line);
  void tidy();
  void tidy(std::vector<Hashed>& stretch) const;
  static void sort(std::vector<Hashed>& stretch);

  SipKey key_;
  std::array<std::vector<Hashed>, kStretches> hosts_;  ///< by the first byte of the hash: each fits a processor's cache
  std::size_t count_ = 0;                              ///< of all stretches
  std::size_t tidy_at_ = std::size_t{1} << 23;
  HostKinds kinds_;
  std::vector<TextAt> patterns_;
  std::vector<Part::Expiry> expiries_;
  std::vector<TextAt> shared_suffixes_;
};

}  // namespace breakwater::categories
