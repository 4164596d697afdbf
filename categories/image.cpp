// A file of compiled lists, in the byte order of the machine that built it:
//
//   Header     magic, format version, size of the file, XXH3-128 of all that follows the sum,
//              fingerprint of the sources, version of Hyperscan, (offset, size) of each section
//   sections   each at a multiple of 64 bytes, in the order of the enum, zeros between them
//
// The sum tells a damaged file; it does not tell a forged one: the file lies in the gateway's own state directory. It
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

constexpr std::uint32_t kFormatVersion = 2;
constexpr std::size_t kAlignment = 64;

struct Extent {
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
};

using Sum = std::array<std::uint64_t, 2>;

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

std::array<char, 48> hyperscan_version() {
  std::array<char, 48> text{};
  std::string_view{hs_version()}.copy(text.data(), text.size());
  return text;
}

Header header_of(ImageKind kind) {
  constexpr std::array<std::string_view, 3> kNames{"CAT", "PRT", "PAT"};
  Header header;
  kNames[static_cast<std::size_t>(kind)].copy(&header.magic[2], 3);
  header.hyperscan = hyperscan_version();
  return header;
}

Sum sum_of(std::span<const std::uint8_t> bytes) {
  const auto sum = XXH3_128bits(bytes.data(), bytes.size());
  return {sum.low64, sum.high64};
}

std::size_t align(std::size_t size) {
  return (size + kAlignment - 1) / kAlignment * kAlignment;
}

using Mapping = std::unique_ptr<const std::uint8_t, Unmap>;

Mapping map(int fd, std::size_t size) {
  void* address = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0);
  if (address == MAP_FAILED) return {};
  return {static_cast<const std::uint8_t*>(address), Unmap{size}};
}

/// A look-up goes to random places of a large table: with pages of 4 KiB it waits for the page table as long as for the
/// memory. Files cannot be had in huge pages, memory can (where the kernel has none to give, it gives small ones).
Mapping read_to_huge_pages(int fd, std::size_t size) {
  void* address = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (address == MAP_FAILED) return {};
  auto* bytes = static_cast<std::uint8_t*>(address);
  Mapping mapping{bytes, Unmap{size}};
  ::madvise(address, size, MADV_HUGEPAGE);
  for (std::size_t at = 0; at < size;) {
    const auto got = ::read(fd, bytes + at, size - at);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return {};
    at += static_cast<std::size_t>(got);
  }
  ::mprotect(address, size, PROT_READ);
  return mapping;
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
  const Extent extent{align(bytes_.size()), size};
  bytes_.resize(extent.offset + size);
  std::memcpy(&bytes_[offsetof(Header, extents) + section * sizeof extent], &extent, sizeof extent);
  return std::span{bytes_}.subspan(extent.offset);
}

std::vector<std::uint8_t> ImageWriter::finish() && {
  const std::uint64_t size = bytes_.size();
  std::memcpy(&bytes_[offsetof(Header, size)], &size, sizeof size);
  const auto sum = sum_of(std::span{bytes_}.subspan(kSummed));
  std::memcpy(&bytes_[offsetof(Header, sum)], &sum, sizeof sum);
  return std::move(bytes_);
}

Result<Image, CatalogueError> Image::open(ImageKind kind, const std::filesystem::path& file) {
  const File input{::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
  if (!input) return CatalogueError::io;
  struct stat status {};
  if (::fstat(input.get(), &status) != 0 || !S_ISREG(status.st_mode)) return CatalogueError::io;
  const auto size = static_cast<std::size_t>(status.st_size);
  if (size == 0) return CatalogueError::truncated;
  Image image;
  image.mapped_ = kind == ImageKind::catalogue ? read_to_huge_pages(input.get(), size) : map(input.get(), size);
  if (!image.mapped_) return CatalogueError::io;
  if (const auto error = image.check(kind)) return *error;
  return image;
}

Result<Image, CatalogueError> Image::from_bytes(ImageKind kind, std::vector<std::uint8_t> bytes) {
  Image image;
  image.owned_ = std::move(bytes);
  if (const auto error = image.check(kind)) return *error;
  return image;
}

void Unmap::operator()(const std::uint8_t* bytes) const {
  ::munmap(const_cast<std::uint8_t*>(bytes), size);
}

std::optional<CatalogueError> Image::check(ImageKind kind) {
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
  if (sum_of(bytes.subspan(kSummed)) != header.sum) return CatalogueError::corrupt;
  if (header.hyperscan != expected.hyperscan) return CatalogueError::version;
  for (std::size_t i = 0; i < kSections; ++i) {
    const auto [offset, size] = header.extents[i];
    if (offset % kAlignment != 0 || offset > bytes.size() || size > bytes.size() - offset)
      return CatalogueError::corrupt;
    sections_[i] = bytes.subspan(offset, size);
  }
  fingerprint_ = header.fingerprint;
  return std::nullopt;
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
