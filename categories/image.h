#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>
#include <vector>

#include "categories/catalogue.h"
#include "categories/result.h"

namespace breakwater::categories {

/// The parts of a compiled catalogue, in the order in which they stand in the file.
enum class Section : std::uint8_t {
  categories,       ///< names, in the order of their ids
  lists,            ///< ListInfo
  host_index,       ///< HostIndex::Header
  host_buckets,     ///< of the HostIndex
  patterns,         ///< PatternRecord
  pattern_targets,  ///< where each pattern stands in the lists
  literals,         ///< Hyperscan database of the URLs
  expressions,      ///< Hyperscan database of expressions and keywords
  re2,              ///< text of the expressions that Hyperscan refused
};
inline constexpr std::size_t kSections = 9;

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

/// Builds an image: add the sections in any order, each once at most; what is not added is empty.
class ImageWriter {
 public:
  explicit ImageWriter(std::uint64_t fingerprint);
  /// Room for a section, zeroed and aligned to a cache line; valid until the next add().
  std::span<std::uint8_t> add(Section section, std::size_t size);
  void add(Section section, std::span<const std::uint8_t> bytes);
  std::vector<std::uint8_t> finish() &&;

 private:
  std::vector<std::uint8_t> bytes_;
};

/// The bytes of an image, mapped or owned, of which size, version and checksum are right. What is inside the sections
/// is for their readers to check.
class Image {
 public:
  static Result<Image, CatalogueError> open(const std::filesystem::path& file);
  static Result<Image, CatalogueError> from_bytes(std::vector<std::uint8_t> bytes);
  Image(Image&& other) noexcept;
  Image& operator=(Image&&) = delete;
  ~Image();

  std::span<const std::uint8_t> section(Section section) const { return sections_[static_cast<std::size_t>(section)]; }
  /// The section as an array, used in place; nullopt where its size is no multiple of T's.
  template <class T>
  std::optional<std::span<const T>> array(Section which) const {
    static_assert(std::is_trivially_copyable_v<T>);
    const auto bytes = section(which);
    if (bytes.size() % sizeof(T) != 0) return std::nullopt;
    return std::span{reinterpret_cast<const T*>(bytes.data()), bytes.size() / sizeof(T)};
  }
  std::uint64_t fingerprint() const { return fingerprint_; }

 private:
  Image() = default;
  std::optional<CatalogueError> check(std::span<const std::uint8_t> bytes);

  std::vector<std::uint8_t> owned_;
  std::span<const std::uint8_t> mapped_;
  std::array<std::span<const std::uint8_t>, kSections> sections_;
  std::uint64_t fingerprint_ = 0;
};

}  // namespace breakwater::categories
