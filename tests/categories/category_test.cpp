#include "categories/category.h"

#include <initializer_list>
#include <string>

#include <gtest/gtest.h>

namespace breakwater::categories {
namespace {

TEST(CategoryTable, HoldsTheTaxonomy) {
  const CategoryTable table;
  for (const std::string_view name :
       {"terrorism", "child-abuse", "scams", "circumvention", "circumvention/tor", "social-media/x",
        "social-media/linkedin", "ai-tools/character-ai", "url-shorteners", "religion"})
    EXPECT_TRUE(table.find(name)) << name;
  EXPECT_FALSE(table.find("bitcoin"));
  EXPECT_FALSE(table.find(""));
  EXPECT_LT(table.size(), 100U) << "room for a full feed is needed";
}

TEST(CategoryTable, AddsAChildWithItsParent) {
  CategoryTable table;
  const auto before = table.size();
  const auto child = table.add("ut1/bitcoin");
  ASSERT_TRUE(child);
  EXPECT_EQ(before + 2, table.size());
  EXPECT_EQ(child, table.add("ut1/bitcoin"));
  EXPECT_EQ(before + 2, table.size());
  EXPECT_EQ(table.find("ut1"), table.parent(*child));
  EXPECT_FALSE(table.parent(*table.find("ut1")));
  EXPECT_EQ("ut1/bitcoin", table.name(*child));
}

TEST(CategoryTable, FamilyIsACategoryAndItsChildren) {
  CategoryTable table;
  table.add("gamesmanship");
  table.add("games/poker");
  const auto family = table.family(*table.find("games"));
  EXPECT_EQ(2U, family.count());
  EXPECT_TRUE(family[*table.find("games")] && family[*table.find("games/poker")]);
}

TEST(CategoryTable, NamesOfASetAreInTheOrderOfTheirIds) {
  CategoryTable table;
  while (table.size() < kMaxCategories)
    table.add("c" + std::to_string(table.size()));
  EXPECT_TRUE(table.names({}).empty());
  CategorySet set;
  std::vector<std::string_view> expected;
  for (const CategoryId id : std::initializer_list<CategoryId>{0, 1, 63, 64, 127, 128, 510, 511}) {
    set.set(id);
    expected.push_back(table.name(id));
  }
  EXPECT_EQ(table.names(set), expected);
  EXPECT_EQ(table.names(CategorySet{}.set()).size(), kMaxCategories);
}

TEST(CategoryTable, RefusesMalformedNames) {
  CategoryTable table;
  for (const std::string_view name : {"", "Games", "a b", "a_b", "/a", "a/", "a/b/c", "a//b", "caf\xc3\xa9", "a.b"})
    EXPECT_FALSE(table.add(name)) << name;
  EXPECT_FALSE(table.add(std::string(65, 'a')));
  EXPECT_EQ(CategoryTable{}.size(), table.size());
}

TEST(CategoryTable, IsFullAtItsLimit) {
  CategoryTable table;
  for (std::size_t i = 0; table.size() < kMaxCategories; ++i)
    ASSERT_TRUE(table.add("c" + std::to_string(i)));
  EXPECT_FALSE(table.add("one-more"));
  EXPECT_TRUE(table.add("terrorism")) << "what is known stays known";
}

TEST(BuiltInMapping, KnowsUt1) {
  constexpr std::pair<std::string_view, std::string_view> kExpected[] = {
      {"agressif", "extremism"},
      {"redirector", "circumvention/proxy"},
      {"strong_redirector", "circumvention/proxy"},
      {"residential-proxies", "circumvention/proxy"},
      {"translation", "circumvention/translate"},
      {"social_networks", "social-media/other"},
      {"ai", "ai-tools/other"},
      {"stalkerware", "malware"},
      {"phishing", "phishing"},
      {"press", "news"},
      {"financial", "banking"},
      {"tricheur_pix", "exam-cheating"},
      {"webmail", "webmail"},
      {"bitcoin", ""},
      {"liste_blanche", ""},
      {"exceptions_liste_bu", ""},
      {"", ""},
  };
  for (const auto& [folder, category] : kExpected)
    EXPECT_EQ(category, built_in_mapping("ut1", folder)) << folder;
  EXPECT_EQ("adult", built_in_mapping("other", "adult"));
  EXPECT_EQ("", built_in_mapping("other", "agressif"));
  EXPECT_EQ("social-media/tiktok", built_in_mapping("starter", "social-media/tiktok"));
  EXPECT_EQ("", built_in_mapping("starter", "agressif"));
}

}  // namespace
}  // namespace breakwater::categories
