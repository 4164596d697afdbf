#include "proxy/selftest/list_entry.h"

#include <gtest/gtest.h>

#include "tests/categories/list_tree.h"

namespace breakwater::selftest {
namespace {

using categories::ListFormat;
using categories::ListRole;
using categories::Source;
using categories::test::Asked;
using categories::test::ListTree;

std::optional<ListEntry> pick(const Asked& asked, const std::filesystem::path& file, std::uint64_t seed = 1) {
  std::mt19937_64 random(seed);
  return pick_entry(*asked.catalogue, 0, file, random);
}

TEST(PickEntry, OutOfEachFormat) {
  const std::pair<ListFormat, std::string_view> table[] = {
      {ListFormat::domains, "# first\n\na.example # why\n"},
      {ListFormat::hosts, "127.0.0.1 localhost\n0.0.0.0 a.example\n"},
      {ListFormat::adblock, "[Adblock Plus 2.0]\n! more\n||a.example^\n"},
      {ListFormat::rpz, "$TTL 1h\n@ SOA x. y. 1 1 1 1 1\na.example CNAME .\n*.a.example CNAME .\n"},
      {ListFormat::dnsmasq, "address=/a.example/\n"},
  };
  for (const auto& [format, text] : table) {
    ListTree tree;
    const auto file = tree.write("list", text);
    Asked asked{{{Source{"one", file, format, "games", ListRole::feed}}, {}}};
    const auto entry = pick(asked, file);
    ASSERT_TRUE(entry) << text;
    EXPECT_EQ("a.example", entry->host);
    EXPECT_EQ(
        static_cast<std::uint32_t>(
            1 + std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(text.find("a.example")), '\n')),
        entry->line);
  }
}

TEST(PickEntry, AnyOfALargeFile) {
  ListTree tree;
  std::string text;
  for (int i = 0; i < 20'000; ++i)
    text.append("host").append(std::to_string(i)).append(".example\n");
  const auto file = tree.write("list", text);
  Asked asked{{{Source{"one", file, ListFormat::domains, "games", ListRole::feed}}, {}}};
  std::set<std::string> found;
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    const auto entry = pick(asked, file, seed);
    ASSERT_TRUE(entry);
    EXPECT_EQ("host" + std::to_string(entry->line - 1) + ".example", entry->host);
    found.insert(entry->host);
  }
  EXPECT_GT(found.size(), 30U);
}

TEST(PickEntry, NoneThatIsTakenOutAgainOrThatNobodyCanRead) {
  ListTree tree;
  const auto file = tree.write("list", "a.example\nb.example\n");
  tree.write("exceptions/domains", "a.example\n");
  tree.write("local/allow/domains", "b.example\n");
  Asked asked{
      {{Source{"one", file, ListFormat::domains, "games", ListRole::feed}, tree.exceptions(), tree.local()}, {}}};
  EXPECT_FALSE(pick(asked, file));
  EXPECT_FALSE(pick(asked, tree.root() / "absent"));
  EXPECT_FALSE(pick(asked, tree.root()));
  EXPECT_FALSE(pick(asked, tree.write("empty", "")));
  EXPECT_FALSE(pick(asked, tree.write("binary", std::string(100'000, '\xff'))));
  EXPECT_FALSE(pick(asked, tree.write("line", std::string(100'000, '.'))));
}

}  // namespace
}  // namespace breakwater::selftest
