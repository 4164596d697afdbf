#include "categories/part.h"

#include <gmock/gmock.h>

#include "categories/image.h"
#include "tests/categories/list_tree.h"

namespace breakwater::categories::test {
namespace {

using std::chrono::days;
using std::chrono::sys_days;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr SipKey kKey{1, 2};

std::vector<std::uint8_t> written(PartWriter& writer) {
  return writer.write("digest", ListFormat::domains, 0, 0, {}, {});
}

Part part_of(PartWriter& writer) {
  return *Part::from_bytes(written(writer));
}

/// Something of everything that a part holds.
std::vector<std::uint8_t> sample() {
  PartWriter writer{kKey};
  writer.host("a.example", 3);
  writer.except("b.example", 4);
  writer.network(*Network::parse("192.0.2.0/24"), 5);
  writer.network(*Network::parse("2001:db8::/32"), 6);
  writer.sealed_url("c.example/x/", 7);
  writer.pattern(EntryKind::url, "d.example/x", 8);
  writer.pattern(EntryKind::expression, "(e|f)[0-9]", 9);
  writer.pattern(EntryKind::keyword, "", 10);
  writer.until(sys_days{days{20'000}}, 3);
  writer.until(sys_days{days{-1}}, 9);
  writer.shared_suffix("github.io", 11);
  return writer.write("the digest", ListFormat::v2fly, 12, 13,
                      {{Severity::warning, "list", 14, 15, "wrong"}, {Severity::warning, "", 0, 0, ""}},
                      {{"/feed/one", "1 2"}, {"/feed/two", ""}});
}

std::vector<std::uint32_t> lines_of(const Part& part, std::uint64_t hash) {
  std::vector<std::uint32_t> lines;
  for (std::size_t i = 0; i < part.hosts()->hashes.size(); ++i)
    if (part.hosts()->hashes[i] == hash) lines.push_back(part.hosts()->lines[i]);
  return lines;
}

std::vector<std::uint32_t> lines_of(const Part& part, std::string_view host) {
  return lines_of(part, host_key(kKey, host));
}

TEST(Part, HoldsAllThatWasWritten) {
  ListTree tree;
  const auto bytes = sample();
  const auto file = tree.write("a.part", {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  for (const auto& part : {*Part::from_bytes(bytes), *Part::open(file)}) {
    EXPECT_EQ("the digest", part.digest());
    EXPECT_EQ(ListFormat::v2fly, part.format());
    EXPECT_EQ(std::pair(12U, 13U), std::pair(part.rejected(), part.skipped()));

    EXPECT_EQ(5U, part.hosts()->hashes.size());
    EXPECT_TRUE(std::ranges::is_sorted(part.hosts()->hashes));
    EXPECT_THAT(lines_of(part, "a.example"), ElementsAre(3U));
    EXPECT_THAT(lines_of(part, "b.example"), ElementsAre(4U | kExceptLine));
    EXPECT_THAT(lines_of(part, network_key(kKey, *IpAddress::parse("192.0.2.9"), 120)), ElementsAre(5U));
    EXPECT_THAT(lines_of(part, network_key(kKey, *IpAddress::parse("2001:db8::9"), 32)), ElementsAre(6U));
    EXPECT_THAT(lines_of(part, url_key(kKey, "c.example/x/")), ElementsAre(7U));
    EXPECT_EQ((std::array<std::uint64_t, 3>{1ULL << 32, 1ULL << (120 - 64), 0}), part.kinds().prefixes);
    EXPECT_EQ(1U, part.kinds().urls);

    std::string patterns;
    for (const auto& [kind, line, text] : part.patterns())
      patterns += std::to_string(static_cast<int>(kind)) + ' ' + std::to_string(line) + ' ' + std::string{text} + '\n';
    EXPECT_EQ("1 8 d.example/x\n2 9 (e|f)[0-9]\n3 10 \n", patterns);
    ASSERT_EQ(2U, part.expiries().size());
    EXPECT_EQ(std::pair(3U, sys_days{days{20'000}}), std::pair(part.expiries()[0].line, part.expiries()[0].day));
    EXPECT_EQ(std::pair(9U, sys_days{days{-1}}), std::pair(part.expiries()[1].line, part.expiries()[1].day));
    ASSERT_EQ(1U, part.shared_suffixes().size());
    EXPECT_EQ(std::pair(11U, std::string_view{"github.io"}),
              std::pair(part.shared_suffixes()[0].line, part.shared_suffixes()[0].host));
    EXPECT_EQ("list:14:15: warning: wrong\nwarning: \n", Asked::all(part.diagnostics()));
    ASSERT_EQ(2U, part.includes().size());
    EXPECT_EQ(std::pair(std::filesystem::path{"/feed/one"}, std::string{"1 2"}),
              std::pair(part.includes()[0].file, part.includes()[0].stamp));
    EXPECT_EQ("/feed/two", part.includes()[1].file);
  }
}

TEST(Part, AnEmptyOneIsSound) {
  PartWriter writer{kKey};
  const auto part = part_of(writer);
  EXPECT_THAT(part.hosts()->hashes, IsEmpty());
  EXPECT_THAT(part.patterns(), IsEmpty());
  EXPECT_TRUE(part.is_of(kKey));
}

TEST(Part, TellsItsKey) {
  const auto part = *Part::from_bytes(sample());
  EXPECT_TRUE(part.is_of(kKey));
  EXPECT_FALSE(part.is_of(SipKey{1, 3}));
  EXPECT_FALSE(part.is_of(SipKey{2, 2}));
}

TEST(Part, EveryTruncationAndEveryFlippedByteIsRefused) {
  auto bytes = sample();
  for (std::size_t size = 0; size < bytes.size(); ++size)
    ASSERT_EQ(CatalogueError::truncated,
              Part::from_bytes({bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(size)}).error())
        << size;
  for (auto& byte : bytes) {
    byte ^= 0x10;
    const auto part = Part::from_bytes(bytes);
    ASSERT_FALSE(part && part->hosts()) << &byte - bytes.data();
    byte ^= 0x10;
  }
  EXPECT_TRUE(Part::from_bytes(bytes));
  bytes.push_back(0);
  EXPECT_EQ(CatalogueError::corrupt, Part::from_bytes(bytes).error());
  EXPECT_EQ(CatalogueError::foreign,
            Part::from_bytes(std::move(ImageWriter{ImageKind::catalogue, 0}).finish()).error());
  EXPECT_EQ(CatalogueError::io, Part::open("/nowhere/a.part").error());
}

/// The sections of a part, for images of which the sum is right and the contents are not.
enum class At : std::uint8_t { hashes, lines, patterns, notes };
constexpr std::array kAllSections{At::hashes, At::lines, At::patterns, At::notes};

TEST(Part, ChecksWhatIsInsideTheSections) {
  const auto image = *Image::from_bytes(ImageKind::part, sample());
  using Bytes = std::vector<std::uint8_t>;
  const auto error_with = [&image](At changed, const Bytes& bytes) {
    ImageWriter writer{ImageKind::part, 0};
    for (const auto section : kAllSections)
      writer.add(section, section == changed ? std::span{bytes} : image.section(section));
    const auto part = Part::from_bytes(std::move(writer).finish());
    return part ? std::nullopt : std::optional{part.error()};
  };
  const auto section = [&image](At which) {
    const auto bytes = image.section(which);
    return Bytes{bytes.begin(), bytes.end()};
  };
  for (const auto which : kAllSections) {
    const auto whole = section(which);
    EXPECT_EQ(std::nullopt, error_with(which, whole));
    for (std::size_t size = 0; size < whole.size(); ++size) {
      // Patterns end anywhere between two of them.
      const bool is_between = which == At::patterns && (size == 0 || size == 20 || size == 39);
      const Bytes cut{whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)};
      EXPECT_EQ(is_between ? std::nullopt : std::optional{CatalogueError::corrupt}, error_with(which, cut))
          << static_cast<int>(which) << ": " << size;
    }
    auto longer = whole;
    longer.push_back(0);
    EXPECT_EQ(CatalogueError::corrupt, error_with(which, longer)) << static_cast<int>(which);
  }
  auto unknown_kind = section(At::patterns);
  unknown_kind[0] = 4;
  EXPECT_EQ(CatalogueError::corrupt, error_with(At::patterns, unknown_kind));
  auto unknown_format = section(At::notes);
  const auto format = std::ranges::find(unknown_format, static_cast<std::uint8_t>(ListFormat::v2fly));
  ASSERT_NE(unknown_format.end(), format);
  ++*format;
  EXPECT_EQ(CatalogueError::corrupt, error_with(At::notes, unknown_format));
}

TEST(Part, KeepsANameOnceWithItsFirstLine) {
  PartWriter writer{kKey};
  for (const std::uint32_t line : {9U, 4U, 7U, 4U})
    writer.host("a.example", line);
  writer.except("a.example", 6);
  writer.except("a.example", 5);
  writer.host("b.example", 8);
  const auto part = part_of(writer);
  EXPECT_THAT(lines_of(part, "a.example"), ElementsAre(4U, 5U | kExceptLine));
  EXPECT_THAT(lines_of(part, "b.example"), ElementsAre(8U));
}

TEST(Part, AnEntryOfADayDoesNotHideThoseAfterIt) {
  const struct {
    std::vector<std::uint32_t> lines;
    std::vector<std::uint32_t> dated;
    std::vector<std::uint32_t> kept;
  } kCases[] = {
      {{1, 2, 3}, {}, {1}},     {{1, 2, 3}, {1}, {1, 2}},          {{1, 2, 3}, {1, 2}, {1, 2, 3}},
      {{1, 2, 3}, {2, 3}, {1}}, {{1, 2, 3}, {1, 2, 3}, {1, 2, 3}}, {{2, 3}, {1}, {2}},
  };
  for (const std::uint32_t except : {0U, kExceptLine})
    for (const auto& [lines, dated, kept] : kCases) {
      PartWriter writer{kKey};
      for (const auto line : lines) {
        if (except)
          writer.except("a.example", line);
        else
          writer.host("a.example", line);
      }
      for (const auto line : dated)
        writer.until(sys_days{}, line);
      auto expected = kept;
      for (auto& line : expected)
        line |= except;
      EXPECT_EQ(expected, lines_of(part_of(writer), "a.example")) << testing::PrintToString(dated);
    }
}

TEST(Part, MillionsOfRepeatsTakeTheRoomOfOne) {
  PartWriter writer{kKey};
  constexpr std::uint32_t kRepeats = 9'000'000;  // so many that the writer tidies up on the way
  for (std::uint32_t line = 1; line <= kRepeats; ++line)
    writer.host("a.example", line);
  EXPECT_TRUE(writer.has_room());
  const auto bytes = written(writer);
  EXPECT_GT(1024U, bytes.size());
  EXPECT_THAT(lines_of(*Part::from_bytes(bytes), "a.example"), ElementsAre(1U));
}

TEST(Part, SharedSuffixesAreNotKeptWithoutEnd) {
  PartWriter writer{kKey};
  for (std::uint32_t line = 1; line <= 10'050; ++line)
    writer.shared_suffix("github.io", line);
  EXPECT_EQ(10'000U, part_of(writer).shared_suffixes().size());
}

TEST(Compare, CountsWhatCameAndWent) {
  const auto part = [](std::initializer_list<std::string_view> hosts,
                       std::initializer_list<std::pair<EntryKind, std::string_view>> patterns) {
    PartWriter writer{kKey};
    std::uint32_t line = 0;
    for (const auto host : hosts)
      writer.host(host, ++line);
    for (const auto& [kind, text] : patterns)
      writer.pattern(kind, text, ++line);
    return part_of(writer);
  };
  const auto url = EntryKind::url;
  const auto before = part({"a.example", "b.example", "c.example"}, {{url, "x"}, {url, "x"}, {url, "y"}});
  const struct {
    Part after;
    std::pair<std::uint64_t, std::uint64_t> expected;  // added, removed
  } kCases[] = {
      {part({"a.example", "b.example", "c.example"}, {{url, "x"}, {url, "y"}}), {0, 0}},
      {part({"c.example", "b.example", "a.example"}, {{url, "y"}, {url, "x"}}), {0, 0}},
      {part({}, {}), {0, 5}},
      {part({"a.example", "d.example"}, {{url, "x"}, {url, "z"}}), {2, 3}},
      {part({"a.example", "b.example", "c.example"}, {{url, "x"}, {EntryKind::expression, "y"}}), {1, 1}},
  };
  for (const auto& [after, expected] : kCases) {
    const auto forth = *compare(before, after);
    const auto back = *compare(after, before);
    EXPECT_EQ(expected, std::pair(forth.added, forth.removed));
    EXPECT_EQ(expected, std::pair(back.removed, back.added));
  }
}

}  // namespace
}  // namespace breakwater::categories::test
