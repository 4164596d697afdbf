#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "categories/catalogue.h"
#include "categories/result.h"

namespace breakwater::categories {

/// What a file of compiled lists holds; each kind has its own magic and sections.
enum class ImageKind : std::uint8_t { catalogue, part, patterns };

/// The sections of a catalogue.
enum class Section : std::uint8_t {
  categories,        ///< names, in the order of their ids
  lists,             ///< ListInfo
  host_index,        ///< HostIndex::Header
  host_filter,       ///< of the HostIndex
  host_buckets,      ///< of the HostIndex
  patterns,          ///< PatternRecord
  pattern_targets,   ///< where each pattern stands in the lists
  pattern_groups,    ///< how many patterns each of the databases holds
  feed_literals,     ///< Hyperscan database of the feeds' URLs
  feed_expressions,  ///< Hyperscan database of the feeds' expressions and keywords
  local_literals,    ///< the same of the lists that are kept by hand: editing these compiles little
  local_expressions,
  re2,  ///< text of the expressions that Hyperscan refused
};
inline constexpr std::size_t kSections = 13;  ///< the most of any kind

/// Appends numbers and texts to a section.
class SectionWriter {
 public:
  template <class T>
  void number(T value) {
    static_assert(std::is_integral_v<T>);
    const auto at = bytes_.size();
    bytes_.resize(at + sizeof value);
    std::memcpy(&bytes_[at], &value, sizeof value);
  }
  void text(std::string_view value);
  std::span<const std::uint8_t> bytes() const { return bytes_; }

 private:
  std::vector<std::uint8_t> bytes_;
};

/// Reads what SectionWriter wrote; nullopt at the end of the bytes. A text is a view into them.
class SectionReader {
 public:
  explicit SectionReader(std::span<const std::uint8_t> bytes) : rest_(bytes) {}
  template <class T>
  std::optional<T> number() {
    T value{};
    if (rest_.size() < sizeof value) return std::nullopt;
    std::memcpy(&value, rest_.data(), sizeof value);
    rest_ = rest_.subspan(sizeof value);
    return value;
  }
  std::optional<std::string_view> text();
  bool at_end() const { return rest_.empty(); }

 private:
  std::span<const std::uint8_t> rest_;
};

/// Builds an image: add the sections in any order, each once at most; what is not added is empty. `section` is one of
/// the kind's own enumeration.
class ImageWriter {
 public:
  ImageWriter(ImageKind kind, std::uint64_t fingerprint);
  /// Room for so many bytes more.
  void reserve(std::size_t size) { bytes_.reserve(bytes_.size() + size); }
  /// Room for a section, zeroed and aligned to a cache line; valid until the next add().
  template <class Which>
  std::span<std::uint8_t> add(Which section, std::size_t size) {
    return add_room(static_cast<std::size_t>(section), size);
  }
  /// The same as an array.
  template <class T, class Which>
  std::span<T> add_array(Which section, std::size_t count) {
    static_assert(std::has_unique_object_representations_v<T>);
    return {reinterpret_cast<T*>(add(section, count * sizeof(T)).data()), count};
  }
  template <class Which, class T>
  void add(Which section, std::span<const T> values) {
    static_assert(std::has_unique_object_representations_v<T>);
    const auto room = add(section, values.size_bytes());
    if (!values.empty()) std::memcpy(room.data(), values.data(), values.size_bytes());
  }
  std::vector<std::uint8_t> finish() &&;

 private:
  std::span<std::uint8_t> add_room(std::size_t section, std::size_t size);

  std::vector<std::uint8_t> bytes_;
};

struct Unmap {
  std::size_t size = 0;
  void operator()(const std::uint8_t* bytes) const;
};

/// Some of the sections of an image: a bit each.
using SectionMask = std::uint32_t;
template <class... Which>
constexpr SectionMask mask_of(Which... which) {
  return ((SectionMask{1} << static_cast<unsigned>(which)) | ...);
}

/// The bytes of an image, mapped or owned, of which kind, size, version and sums are right. What is inside the sections
/// is for their readers to check.
class Image {
 public:
  /// The sections of `later` are left for is_sound(): a start reads all the rest.
  static Result<Image, CatalogueError> open(ImageKind kind, const std::filesystem::path& file, SectionMask later = 0);
  static Result<Image, CatalogueError> from_bytes(ImageKind kind, std::vector<std::uint8_t> bytes,
                                                  SectionMask later = 0);

  /// Reads the whole section: its sum is right.
  template <class Which>
  bool is_sound(Which which) const {
    return has_right_sum(static_cast<std::size_t>(which));
  }
  template <class Which>
  std::span<const std::uint8_t> section(Which which) const {
    return sections_[static_cast<std::size_t>(which)];
  }
  /// The section as an array, used in place; nullopt where its size is no multiple of T's.
  template <class T, class Which>
  std::optional<std::span<const T>> array(Which which) const {
    static_assert(std::is_trivially_copyable_v<T>);
    const auto bytes = section(which);
    if (bytes.size() % sizeof(T) != 0) return std::nullopt;
    return std::span{reinterpret_cast<const T*>(bytes.data()), bytes.size() / sizeof(T)};
  }
  std::uint64_t fingerprint() const { return fingerprint_; }
  std::span<const std::uint8_t> bytes() const {
    return mapped_ ? std::span{mapped_.get(), mapped_.get_deleter().size} : std::span{owned_};
  }

 private:
  Image() = default;
  std::optional<CatalogueError> check(ImageKind kind, SectionMask later);
  bool has_right_sum(std::size_t section) const;

  std::vector<std::uint8_t> owned_;
  std::unique_ptr<const std::uint8_t, Unmap> mapped_;
  std::array<std::span<const std::uint8_t>, kSections> sections_;
  std::uint64_t fingerprint_ = 0;
};

/// `cached`: after a power cut the file may be damaged, which its sum shows.
enum class Durability : std::uint8_t { synced, cached };

/// Writes by temporary file and rename, so that a reader sees the old file or the new one, never a part.
bool write_image(const std::filesystem::path& file, std::span<const std::uint8_t> image, Durability durability,
                 std::string& error);

}  // namespace breakwater::categories
