// A catalogue's file, in the byte order of the machine that built it:
//
//   Header     magic, format version, size of the file, SHA-256 of all that follows the digest,
//              fingerprint of the sources, version of Hyperscan, (offset, size) of each section
//   sections   each at a multiple of 64 bytes, in the order of the enum, zeros between them
//
// The digest tells a damaged file; it does not tell a forged one: the file lies in the gateway's own state directory.

#include "categories/image.h"

#include <algorithm>
#include <bit>
#include <utility>

#include <fcntl.h>
#include <hs.h>
#include <openssl/evp.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace breakwater::categories {
namespace {

static_assert(std::endian::native == std::endian::little);

constexpr std::uint32_t kFormatVersion = 1;
constexpr std::size_t kAlignment = 64;

struct Extent {
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
};

struct Header {
  std::array<char, 8> magic{'B', 'W', 'C', 'A', 'T', '\r', '\n', '\0'};
  std::uint32_t version = kFormatVersion;
  std::uint32_t sections = kSections;
  std::uint64_t size = 0;
  std::array<std::uint8_t, 32> digest{};
  std::uint64_t fingerprint = 0;
  std::array<char, 48> hyperscan{};
  std::array<Extent, kSections> extents{};
};
constexpr std::size_t kDigested = offsetof(Header, fingerprint);
static_assert(std::has_unique_object_representations_v<Header>);

std::array<char, 48> hyperscan_version() {
  std::array<char, 48> text{};
  std::string_view{hs_version()}.copy(text.data(), text.size());
  return text;
}

/// False where OpenSSL has no SHA-256 to give.
bool digest(std::span<const std::uint8_t> bytes, std::array<std::uint8_t, 32>& out) {
  return EVP_Digest(bytes.data(), bytes.size(), out.data(), nullptr, EVP_sha256(), nullptr) == 1;
}

std::size_t align(std::size_t size) {
  return (size + kAlignment - 1) / kAlignment * kAlignment;
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

ImageWriter::ImageWriter(std::uint64_t fingerprint) : bytes_(sizeof(Header)) {
  Header header;
  header.fingerprint = fingerprint;
  header.hyperscan = hyperscan_version();
  std::memcpy(bytes_.data(), &header, sizeof header);
}

std::span<std::uint8_t> ImageWriter::add(Section section, std::size_t size) {
  const Extent extent{align(bytes_.size()), size};
  bytes_.resize(extent.offset + size);
  std::memcpy(&bytes_[offsetof(Header, extents) + static_cast<std::size_t>(section) * sizeof extent], &extent,
              sizeof extent);
  return std::span{bytes_}.subspan(extent.offset);
}

void ImageWriter::add(Section section, std::span<const std::uint8_t> bytes) {
  const auto room = add(section, bytes.size());
  std::copy(bytes.begin(), bytes.end(), room.begin());
}

std::vector<std::uint8_t> ImageWriter::finish() && {
  const std::uint64_t size = bytes_.size();
  std::memcpy(&bytes_[offsetof(Header, size)], &size, sizeof size);
  std::array<std::uint8_t, 32> sum{};
  if (!digest(std::span{bytes_}.subspan(kDigested), sum)) return {};
  std::memcpy(&bytes_[offsetof(Header, digest)], sum.data(), sum.size());
  return std::move(bytes_);
}

Result<Image, CatalogueError> Image::open(const std::filesystem::path& file) {
  const int fd = ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) return CatalogueError::io;
  struct stat status {};
  const bool regular = ::fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
  const auto size = static_cast<std::size_t>(status.st_size);
  void* address = MAP_FAILED;
  if (regular && size > 0) address = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0);
  ::close(fd);
  if (regular && size == 0) return CatalogueError::truncated;
  if (address == MAP_FAILED) return CatalogueError::io;
  Image image;
  image.mapped_ = {static_cast<const std::uint8_t*>(address), size};
  if (const auto error = image.check(image.mapped_)) return *error;
  return image;
}

Result<Image, CatalogueError> Image::from_bytes(std::vector<std::uint8_t> bytes) {
  Image image;
  image.owned_ = std::move(bytes);
  if (const auto error = image.check(image.owned_)) return *error;
  return image;
}

Image::Image(Image&& other) noexcept
    : owned_(std::move(other.owned_)),
      mapped_(std::exchange(other.mapped_, {})),
      sections_(other.sections_),
      fingerprint_(other.fingerprint_) {}

Image::~Image() {
  if (!mapped_.empty()) ::munmap(const_cast<std::uint8_t*>(mapped_.data()), mapped_.size());
}

std::optional<CatalogueError> Image::check(std::span<const std::uint8_t> bytes) {
  const Header expected;
  Header header;
  const auto magic = bytes.first(std::min(bytes.size(), header.magic.size()));
  if (!std::equal(magic.begin(), magic.end(), expected.magic.begin())) return CatalogueError::foreign;
  if (bytes.size() < sizeof header) return CatalogueError::truncated;
  std::memcpy(&header, bytes.data(), sizeof header);
  if (header.version != expected.version) return CatalogueError::version;
  if (header.size > bytes.size()) return CatalogueError::truncated;
  if (header.size < bytes.size() || header.sections != expected.sections) return CatalogueError::corrupt;
  std::array<std::uint8_t, 32> sum{};
  if (!digest(bytes.subspan(kDigested), sum) || sum != header.digest) return CatalogueError::corrupt;
  if (header.hyperscan != hyperscan_version()) return CatalogueError::version;
  for (std::size_t i = 0; i < kSections; ++i) {
    const auto [offset, size] = header.extents[i];
    if (offset % kAlignment != 0 || offset > bytes.size() || size > bytes.size() - offset)
      return CatalogueError::corrupt;
    sections_[i] = bytes.subspan(offset, size);
  }
  fingerprint_ = header.fingerprint;
  return std::nullopt;
}

}  // namespace breakwater::categories
