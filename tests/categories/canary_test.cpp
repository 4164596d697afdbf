#include "categories/canary.h"

#include <gtest/gtest.h>

#include "tests/categories/list_tree.h"

namespace breakwater::categories::test {
namespace {

TEST(Canary, EveryCatalogueHoldsOneForEachCategory) {
  ListTree tree;
  tree.write("feed/own-category/domains", "a.example\n");
  Asked asked{{{tree.feed()}, {}}};
  const auto names = asked.catalogue->categories().names();
  EXPECT_GT(names.size(), 70U);
  for (const auto name : names) {
    const auto found = asked(canary_host(name)).matches;
    ASSERT_EQ(1U, found.size()) << name;
    EXPECT_EQ(canary_list(name), asked.catalogue->lists()[found.front().list].name);
    EXPECT_EQ(name, asked.catalogue->categories().name(found.front().category));
  }
  EXPECT_TRUE(asked(std::string(kNeutralHost)).matches.empty());
  EXPECT_EQ("social-media-tiktok.canary.breakwater.test", canary_host("social-media/tiktok"));
}

TEST(Canary, CountsForNothing) {
  ListTree tree;
  tree.write("feed/games/domains", "a.example\n");
  Asked asked{{{tree.feed()}, {}}};
  EXPECT_EQ(1U, asked.report.lists.size());
  EXPECT_EQ(1U, count_real(asked.catalogue->lists()));
  for (const auto& list : asked.catalogue->lists())
    EXPECT_EQ(is_canary(list) ? 0U : 1U, list.entries) << list.name;
}

TEST(Canary, IsStruckOutByAnExceptionAsAFeedIs) {
  ListTree tree;
  tree.write("feed/games/domains", "a.example\n");
  tree.write("exceptions/domains", "breakwater.test\n");
  Asked asked{{{tree.feed(), tree.exceptions()}, {}}};
  EXPECT_TRUE(asked(canary_host("games")).categories.none());
  EXPECT_FALSE(asked(canary_host("terrorism")).categories.none()) << "of what is locked nothing is";
}

}  // namespace
}  // namespace breakwater::categories::test
