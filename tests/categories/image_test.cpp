#include "categories/image.h"

#include <gtest/gtest.h>

#include "categories/built_in_categories.h"
#include "categories/host_index.h"
#include "tests/categories/list_tree.h"

namespace breakwater::categories::test {
namespace {

std::vector<std::uint8_t> sample() {
  ListTree tree;
  tree.write("feed/x/domains", "a.example\nb.example\n");
  tree.write("feed/x/urls", "c.example/x\n");
  tree.write("feed/x/expressions", "good\n(a$|b)c\n");
  BuildReport report;
  return *build_catalogue({{tree.feed()}, {}}, report);
}

TEST(Image, EveryTruncationIsAnError) {
  const auto image = sample();
  ASSERT_TRUE(Catalogue::from_image(image));
  for (std::size_t size = 0; size < image.size(); size += size < 512 ? 1 : 97) {
    const auto cut = Catalogue::from_image({image.begin(), image.begin() + static_cast<std::ptrdiff_t>(size)});
    ASSERT_FALSE(cut) << size;
    ASSERT_EQ(CatalogueError::truncated, cut.error()) << size;
  }
  auto longer = image;
  longer.push_back(0);
  EXPECT_EQ(CatalogueError::corrupt, Catalogue::from_image(longer).error());
}

TEST(Image, EveryFlippedByteIsAnError) {
  auto image = sample();
  for (std::size_t at = 0; at < image.size(); at += at < 512 ? 1 : 61) {
    image[at] ^= 0x10;
    const auto flipped = Catalogue::from_image(image);
    ASSERT_FALSE(flipped) << at;
    image[at] ^= 0x10;
  }
  EXPECT_TRUE(Catalogue::from_image(image));
}

TEST(Image, TellsWhatIsWrong) {
  auto image = sample();
  const auto error_with = [&image](std::size_t at) {
    image[at] ^= 1;
    const auto error = Catalogue::from_image(image).error();
    image[at] ^= 1;
    return error;
  };
  EXPECT_EQ(CatalogueError::foreign, error_with(0));
  EXPECT_EQ(CatalogueError::version, error_with(8));
  EXPECT_EQ(CatalogueError::corrupt, error_with(30)) << "the digest";
  EXPECT_EQ(CatalogueError::corrupt, error_with(image.size() - 1));
  EXPECT_EQ(CatalogueError::foreign, Catalogue::from_image({'h', 'i'}).error());
  EXPECT_EQ(CatalogueError::truncated, Catalogue::from_image({}).error());
}

TEST(Image, OpensOnlyWholeFiles) {
  ListTree tree;
  const auto image = sample();
  const std::string_view bytes{reinterpret_cast<const char*>(image.data()), image.size()};
  EXPECT_TRUE(Catalogue::open(tree.write("good", bytes)));
  EXPECT_EQ(CatalogueError::truncated, Catalogue::open(tree.write("cut", bytes.substr(0, bytes.size() / 2))).error());
  EXPECT_EQ(CatalogueError::truncated, Catalogue::open(tree.write("empty", "")).error());
  EXPECT_EQ(CatalogueError::foreign, Catalogue::open(tree.write("text", std::string(1000, 'x'))).error());
  EXPECT_EQ(CatalogueError::io, Catalogue::open(tree.root() / "absent").error());
  EXPECT_EQ(CatalogueError::io, Catalogue::open(tree.root()).error());
}

constexpr std::size_t kHostIndex = 64;  ///< bytes of its header

/// An entry of a list that is not there is found when it is asked for, since reading all of them costs every start.
TEST(Image, AnEntryOfNoListIsAFailure) {
  ImageWriter image{ImageKind::catalogue, 0};
  SectionWriter names;
  for (const auto name : built_in_categories())
    names.text(name);
  image.add(Section::categories, names.bytes());
  HostIndexBuilder hosts{SipKey{}};
  const auto hash = host_key(SipKey{}, "a.example");
  const std::uint32_t line = 1;
  hosts.add(0, {{&hash, 1}, {&line, 1}});
  std::vector<ListInfo> lists(1);
  hosts.write(image, lists);
  const auto catalogue = Catalogue::from_image(std::move(image).finish());
  ASSERT_TRUE(catalogue);
  const auto scratch = (*catalogue)->make_scratch();
  Classification answer;
  (*catalogue)->classify(*normalise_host("www.a.example", HostSource::wire), {}, *scratch, answer);
  EXPECT_EQ(ClassifyStatus::engine_error, answer.status);
  (*catalogue)->classify(*normalise_host("b.example", HostSource::wire), {}, *scratch, answer);
  EXPECT_EQ(ClassifyStatus::ok, answer.status);
}

/// Right sum, wrong contents: made by the writer itself.
TEST(Image, ChecksWhatIsInsideTheSections) {
  const auto built = [](auto&& fill) {
    ImageWriter writer{ImageKind::catalogue, 1};
    SectionWriter names;
    for (const auto name : built_in_categories())
      names.text(name);
    writer.add(Section::categories, names.bytes());
    fill(writer);
    const auto catalogue = Catalogue::from_image(std::move(writer).finish());
    return catalogue ? std::optional<CatalogueError>{} : catalogue.error();
  };
  const auto list = [](CategoryId category, std::uint8_t role) {
    SectionWriter lists;
    lists.text("feed/x");
    lists.number(category);
    lists.number(role);
    lists.number(std::uint32_t{1});
    for (int i = 0; i < 3; ++i)
      lists.number(std::uint32_t{0});
    lists.number(std::uint8_t{0});
    return lists;
  };
  const auto no_hosts = [](ImageWriter& writer) { writer.add(Section::host_index, kHostIndex); };
  const auto empty_filter = [](ImageWriter& writer) { writer.add(Section::host_filter, 8); };
  EXPECT_EQ(std::nullopt, built([&](ImageWriter& writer) {
              no_hosts(writer);
              writer.add(Section::lists, list(0, 0).bytes());
            }));
  EXPECT_EQ(CatalogueError::corrupt, built([](ImageWriter&) {})) << "no host index";
  EXPECT_EQ(CatalogueError::corrupt, built([&](ImageWriter& writer) {
              no_hosts(writer);
              writer.add(Section::lists, list(500, 0).bytes());
            }))
      << "a list of no category";
  EXPECT_EQ(CatalogueError::corrupt, built([&](ImageWriter& writer) {
              no_hosts(writer);
              writer.add(Section::lists, list(0, 6).bytes());
            }))
      << "a list of no role";
  EXPECT_EQ(CatalogueError::corrupt, built([&](ImageWriter& writer) {
              no_hosts(writer);
              writer.add(Section::lists, list(0, 0).bytes().first(7));
            }))
      << "half a list";
  EXPECT_EQ(CatalogueError::corrupt, built([&](ImageWriter& writer) {
              no_hosts(writer);
              writer.add(Section::host_buckets, 128);
            }))
      << "buckets without a filter";
  EXPECT_EQ(CatalogueError::corrupt, built([&](ImageWriter& writer) {
              no_hosts(writer);
              empty_filter(writer);
              writer.add(Section::host_buckets, 100);
            }))
      << "no whole bucket";
  EXPECT_EQ(CatalogueError::corrupt,
            built([](ImageWriter& writer) { writer.add(Section::host_index, kHostIndex)[16] = 2; }))
      << "more buckets than there are";
  EXPECT_EQ(CatalogueError::corrupt, built([&](ImageWriter& writer) {
              no_hosts(writer);
              writer.add(Section::patterns, 16)[4] = 1;
            }))
      << "a pattern beyond the targets";
  for (const auto section : {Section::feed_literals, Section::local_expressions, Section::pattern_groups, Section::re2})
    EXPECT_EQ(CatalogueError::corrupt, built([&](ImageWriter& writer) {
                no_hosts(writer);
                writer.add(section, 3);
              }))
        << static_cast<int>(section);
  ImageWriter other{ImageKind::catalogue, 1};
  EXPECT_EQ(CatalogueError::version, Catalogue::from_image(std::move(other).finish()).error()) << "another taxonomy";
}

}  // namespace
}  // namespace breakwater::categories::test
