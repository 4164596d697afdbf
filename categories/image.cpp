// A file of compiled lists, in the byte order of the machine that built it:
//
//   Header     magic, format version, size of the file, XXH3-128 of what follows the sum in the header,
//              fingerprint of the sources, version of Hyperscan, (offset, size, XXH3-128) of each section
//   sections   each at a multiple of 64 bytes; zeros up to the next such, which the section's sum covers
//
// A sum tells a damaged file; it does not tell a forged one: the file lies in the gateway's own state directory. It
// is read at every start, so that its speed counts: 100 MB take SHA-256 70 ms, XXH3 about 10.

#include "categories/image.h"

#include <algorithm>
#include <bit>
#include <utility>

#include <fcntl.h>
#include <hs.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "categories/file.h"

namespace breakwater::categories {
namespace {

static_assert(std::endian::native == std::endian::little);

constexpr std::uint32_t kFormatVersion = 3;
constexpr std::size_t kAlignment = 64;

using Sum = std::array<std::uint64_t, 2>;

struct Extent {
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
  Sum sum{};
};

struct Header {
  std::array<char, 8> magic{'B', 'W', '-', '-', '-', '\r', '\n', '\0'};
  std::uint32_t version = kFormatVersion;
  std::uint32_t sections = kSections;
  std::uint64_t size = 0;
  Sum sum{};
  std::uint64_t fingerprint = 0;
  std::array<char, 48> hyperscan{};
  std::array<Extent, kSections> extents{};
};
constexpr std::size_t kSummed = offsetof(Header, fingerprint);
static_assert(std::has_unique_object_representations_v<Header>);
static_assert(sizeof(Header) % kAlignment == 0);

std::array<char, 48> hyperscan_version() {
  std::array<char, 48> text{};
  std::string_view{hs_version()}.copy(text.data(), text.size());
  return text;
}

Header header_of(ImageKind kind) {
  constexpr std::array<std::string_view, 3> kNames{"CAT", "PRT", "PAT"};
  Header header;
  kNames[static_cast<std::size_t>(kind)].copy(&header.magic[2], 3);
  if (kind != ImageKind::part) header.hyperscan = hyperscan_version();  // a part has no database
  return header;
}

Sum sum_of(std::span<const std::uint8_t> bytes) {
  const auto sum = XXH3_128bits(bytes.data(), bytes.size());
  return {sum.low64, sum.high64};
}

Sum sum_of_header(std::span<const std::uint8_t> image) {
  return sum_of(image.first(sizeof(Header)).subspan(kSummed));
}

constexpr std::size_t align(std::size_t size) {
  return (size + kAlignment - 1) / kAlignment * kAlignment;
}

Extent extent_of(std::span<const std::uint8_t> image, std::size_t section) {
  Extent extent;
  std::memcpy(&extent, &image[offsetof(Header, extents) + section * sizeof extent], sizeof extent);
  return extent;
}

/// The section with the zeros after it.
std::span<const std::uint8_t> summed(std::span<const std::uint8_t> image, const Extent& extent) {
  return image.subspan(extent.offset, align(extent.size));
}

using Mapping = std::unique_ptr<const std::uint8_t, Unmap>;

/// Without MAP_POPULATE, for which other threads would wait.
Mapping map(int fd, std::size_t size) {
  void* address = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, fd, 0);
  if (address == MAP_FAILED) return {};
  return {static_cast<const std::uint8_t*>(address), Unmap{size}};
}

}  // namespace

void SectionWriter::text(std::string_view value) {
  number(static_cast<std::uint32_t>(value.size()));
  bytes_.insert(bytes_.end(), value.begin(), value.end());
}

std::optional<std::string_view> SectionReader::text() {
  const auto size = number<std::uint32_t>();
  if (!size || rest_.size() < *size) return std::nullopt;
  const std::string_view value{reinterpret_cast<const char*>(rest_.data()), *size};
  rest_ = rest_.subspan(*size);
  return value;
}

ImageWriter::ImageWriter(ImageKind kind, std::uint64_t fingerprint) : bytes_(sizeof(Header)) {
  auto header = header_of(kind);
  header.fingerprint = fingerprint;
  std::memcpy(bytes_.data(), &header, sizeof header);
}

std::span<std::uint8_t> ImageWriter::add_room(std::size_t section, std::size_t size) {
  const Extent extent{bytes_.size(), size, {}};
  bytes_.resize(extent.offset + align(size));
  std::memcpy(&bytes_[offsetof(Header, extents) + section * sizeof extent], &extent, sizeof extent);
  return std::span{bytes_}.subspan(extent.offset, size);
}

std::vector<std::uint8_t> ImageWriter::finish() && {
  const std::uint64_t size = bytes_.size();
  std::memcpy(&bytes_[offsetof(Header, size)], &size, sizeof size);
  for (std::size_t i = 0; i < kSections; ++i) {
    auto extent = extent_of(bytes_, i);
    if (extent.size > 0) extent.sum = sum_of(summed(bytes_, extent));
    std::memcpy(&bytes_[offsetof(Header, extents) + i * sizeof extent], &extent, sizeof extent);
  }
  const auto sum = sum_of_header(bytes_);
  std::memcpy(&bytes_[offsetof(Header, sum)], &sum, sizeof sum);
  return std::move(bytes_);
}

Result<Image, CatalogueError> Image::open(ImageKind kind, const std::filesystem::path& file, SectionMask later) {
  const File input{::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
  if (!input) return CatalogueError::io;
  struct stat status {};
  if (::fstat(input.get(), &status) != 0 || !S_ISREG(status.st_mode)) return CatalogueError::io;
  const auto size = static_cast<std::size_t>(status.st_size);
  if (size == 0) return CatalogueError::truncated;
  Image image;
  image.mapped_ = map(input.get(), size);
  if (!image.mapped_) return CatalogueError::io;
  if (const auto error = image.check(kind, later)) return *error;
  return image;
}

Result<Image, CatalogueError> Image::from_bytes(ImageKind kind, std::vector<std::uint8_t> bytes, SectionMask later) {
  Image image;
  image.owned_ = std::move(bytes);
  if (const auto error = image.check(kind, later)) return *error;
  return image;
}

void Unmap::operator()(const std::uint8_t* bytes) const {
  ::munmap(const_cast<std::uint8_t*>(bytes), size);
}

std::optional<CatalogueError> Image::check(ImageKind kind, SectionMask later) {
  const auto bytes = this->bytes();
  const auto expected = header_of(kind);
  Header header;
  const auto magic = bytes.first(std::min(bytes.size(), header.magic.size()));
  if (!std::equal(magic.begin(), magic.end(), expected.magic.begin())) return CatalogueError::foreign;
  if (bytes.size() < sizeof header) return CatalogueError::truncated;
  std::memcpy(&header, bytes.data(), sizeof header);
  if (header.version != expected.version) return CatalogueError::version;
  if (header.size > bytes.size()) return CatalogueError::truncated;
  if (header.size < bytes.size() || header.sections != expected.sections) return CatalogueError::corrupt;
  if (sum_of_header(bytes) != header.sum) return CatalogueError::corrupt;
  if (header.hyperscan != expected.hyperscan) return CatalogueError::version;
  if (bytes.size() % kAlignment != 0) return CatalogueError::corrupt;
  for (std::size_t i = 0; i < kSections; ++i) {
    const auto& [offset, size, sum] = header.extents[i];
    if (offset % kAlignment != 0 || offset > bytes.size() || size > bytes.size() - offset)
      return CatalogueError::corrupt;
    sections_[i] = bytes.subspan(offset, size);
    if (!(later >> i & 1) && !has_right_sum(i)) return CatalogueError::corrupt;
  }
  fingerprint_ = header.fingerprint;
  return std::nullopt;
}

bool Image::has_right_sum(std::size_t section) const {
  const auto extent = extent_of(bytes(), section);
  return extent.size == 0 || sum_of(summed(bytes(), extent)) == extent.sum;
}

bool write_image(const std::filesystem::path& file, std::span<const std::uint8_t> image, Durability durability,
                 std::string& error) {
  auto temporary = file.string() + ".XXXXXX";
  const auto fail = [&](const char* what) {
    error = std::string{what} + ' ' + temporary + ": " + last_error();
    ::unlink(temporary.c_str());
    return false;
  };
  const File output{::mkostemp(temporary.data(), O_CLOEXEC)};
  if (!output) return fail("cannot create");
  if (!output.write(image)) return fail("cannot write");
  if (durability == Durability::synced && ::fsync(output.get()) != 0) return fail("cannot sync");
  if (::rename(temporary.c_str(), file.c_str()) != 0) return fail("cannot rename");
  if (durability == Durability::cached) return true;
  // The rename itself is durable once the folder is on disk; should that fail, the image is only built again.
  auto folder = file.parent_path();
  if (folder.empty()) folder = ".";
  const File parent{::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (parent) ::fsync(parent.get());
  return true;
}

}  // namespace breakwater::categories
