#include "categories/pattern_database.h"

#include <algorithm>
#include <set>

#include <gmock/gmock.h>

#include "tests/categories/list_tree.h"

namespace breakwater::categories::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

namespace fs = std::filesystem;
using Strings = std::vector<std::string>;

constexpr auto kExpression = EntryKind::expression;
constexpr auto kMatchesAll = "it would match every host";

std::vector<PatternText> expressions(const Strings& texts) {
  std::vector<PatternText> patterns;
  for (const auto& text : texts)
    patterns.push_back({kExpression, text});
  return patterns;
}

/// One pattern of each fate.
const Strings kMixed{"good[0-9]", ".*", "(?U)bad.*site", "(a)\\1", "fine", "x{1,1000}", "(?U)x*"};

/// "3 why" for each that is refused.
Strings refused(const PatternDatabase& database) {
  Strings all;
  for (const auto& [pattern, why] : database.refused)
    all.push_back(std::to_string(pattern) + ' ' + why.substr(0, why.find(':')));
  return all;
}

void expect_same(const PatternDatabase& expected, const PatternDatabase& database) {
  EXPECT_EQ(expected.bytes, database.bytes);
  EXPECT_EQ(expected.in_database, database.in_database);
  EXPECT_EQ(expected.for_re2, database.for_re2);
  EXPECT_EQ(refused(expected), refused(database));
  EXPECT_EQ(expected.error, database.error);
}

class PatternCache : public testing::Test {
 protected:
  PatternCache() { fs::create_directories(folder); }
  PatternDatabase compile(const Strings& texts) { return compile_patterns(expressions(texts), folder, name); }

  ListTree tree;
  fs::path folder = tree.root() / "cache";
  std::string name;  ///< of the last one
};

TEST(PatternDatabase, TellsWhatBecameOfEachPattern) {
  const auto database = compile_patterns(expressions(kMixed));
  EXPECT_EQ("", database.error);
  EXPECT_FALSE(database.bytes.empty());
  EXPECT_THAT(database.in_database, ElementsAre(0, 4));
  EXPECT_THAT(database.for_re2, ElementsAre(2));
  EXPECT_THAT(refused(database),
              testing::UnorderedElementsAre(std::string{"1 "} + kMatchesAll, "3 not a usable expression",
                                            "5 its counted repeats are too many", std::string{"6 "} + kMatchesAll));
}

TEST(PatternDatabase, WhereNothingIsLeftThereIsNone) {
  for (const auto& texts : {Strings{}, {".*"}, {"(?U)bad.*site"}, {"."}}) {
    const auto database = compile_patterns(expressions(texts));
    EXPECT_EQ("", database.error) << testing::PrintToString(texts);
    EXPECT_THAT(database.bytes, IsEmpty()) << testing::PrintToString(texts);
    EXPECT_THAT(database.in_database, IsEmpty()) << testing::PrintToString(texts);
  }
}

TEST(PatternDatabase, WhatMatchesEverythingIsFoundAmongOthers) {
  const auto database = compile_patterns(expressions({"a", "one", "/", "[a-z]", "two", "[^~]", "\\.", "(com|/)"}));
  EXPECT_THAT(database.in_database, ElementsAre(0, 1, 4));
  for (const auto& line : refused(database))
    EXPECT_THAT(line, HasSubstr(kMatchesAll));
  // A key word has its whole-word rule, and may be as short as it likes.
  const std::vector<PatternText> mixed{
      {EntryKind::keyword, "casino"}, {kExpression, ".+"}, {EntryKind::keyword, "bet"}};
  EXPECT_THAT(compile_patterns(mixed).in_database, ElementsAre(0, 2));
}

TEST(PatternDatabase, CountedRepeatsHaveALimitEachAndInAll) {
  const struct {
    std::string_view text;
    bool taken;
  } kCases[] = {
      {"ab{1,200}c", true},           {"a{250}", true},           {"a{300}", false},
      {"([ab]{1,100}x){3}", false},   {"a{1,5}{6}{7}{8}", false}, {"(.{1,30}){1,30}", false},
      {"(((a{9}){9}){9}){9}", false}, {"(a+)+b", true},           {"(x|xx|xxx)+y", true},
  };
  for (const auto& [text, taken] : kCases) {
    const auto database = compile_patterns(expressions({std::string{text}}));
    EXPECT_EQ(taken, database.in_database.size() == 1) << text;
    EXPECT_EQ(taken ? Strings{} : Strings{"0 its counted repeats are too many"}, refused(database)) << text;
  }

  // Expressions that Hyperscan does not take, since it would compile those below the limit for seconds.
  Strings many;
  for (int i = 0; i < 450; ++i)
    many.push_back("(?U)" + std::to_string(i) + "[ab]{244}$");
  const auto database = compile_patterns(expressions(many));
  ASSERT_FALSE(database.refused.empty());
  EXPECT_EQ("there are too many counted repeats", database.refused.front().why);
  EXPECT_EQ(many.size(), database.refused.size() + database.for_re2.size());
}

TEST_F(PatternCache, AHitGivesTheSame) {
  const auto first = compile(kMixed);
  expect_same(compile_patterns(expressions(kMixed)), first);
  EXPECT_EQ(64U, name.size());
  const auto file = folder / name;
  ASSERT_TRUE(fs::exists(file));
  fs::last_write_time(file, fs::file_time_type{});
  expect_same(first, compile(kMixed));
  EXPECT_EQ(fs::file_time_type{}, fs::last_write_time(file)) << "it was not made again";
  EXPECT_EQ(1, std::distance(fs::directory_iterator{folder}, {}));
}

TEST_F(PatternCache, WhatIsRefusedStaysSo) {
  const Strings none{".*", "(?U)bad.*site"};
  for (int i = 0; i < 2; ++i) {
    const auto database = compile(none);
    EXPECT_THAT(refused(database), ElementsAre(std::string{"0 "} + kMatchesAll));
    EXPECT_THAT(database.for_re2, ElementsAre(1));
    EXPECT_THAT(database.bytes, IsEmpty());
  }
}

TEST_F(PatternCache, ADamagedFileIsMadeAgain) {
  const auto good = compile(kMixed);
  const auto file = folder / name;
  const auto size = fs::file_size(file);
  // A sound file of other patterns, of which there are more.
  Strings longer(kMixed);
  for (int i = 0; i < 20; ++i)
    longer.push_back("more" + std::to_string(i));
  compile(longer);
  const auto foreign = folder / name;
  for (const int damage : {0, 1, 2, 3, 4}) {
    switch (damage) {
      case 0:
        fs::resize_file(file, size - 1);
        break;
      case 1:
        fs::resize_file(file, 0);
        break;
      case 2:
        std::ofstream{file} << "what is no database";
        break;
      case 3:
        std::fstream{file, std::ios::in | std::ios::out | std::ios::binary}.seekp(static_cast<std::streamoff>(size / 2))
            << '!';
        break;
      default:
        fs::copy_file(foreign, file, fs::copy_options::overwrite_existing);
    }
    expect_same(good, compile(kMixed));
    EXPECT_EQ(size, fs::file_size(file)) << damage;
  }
}

TEST_F(PatternCache, TheNameChangesWithThePatterns) {
  std::set<std::string> names;
  const std::vector<std::vector<PatternText>> kDifferent{
      {{kExpression, "one"}},
      {{kExpression, "One"}},
      {{EntryKind::keyword, "one"}},
      {{EntryKind::url, "one"}},
      {{kExpression, "one"}, {kExpression, "two"}},
      {{kExpression, "two"}, {kExpression, "one"}},
      {{kExpression, "onetwo"}},
      {{kExpression, "one"}, {EntryKind::keyword, "two"}},
  };
  for (const auto& patterns : kDifferent) {
    compile_patterns(patterns, folder, name);
    EXPECT_TRUE(names.insert(name).second) << testing::PrintToString(names.size());
  }
}

TEST_F(PatternCache, WithoutRoomNothingIsKept) {
  folder = tree.write("file", "") / "cache";
  expect_same(compile_patterns(expressions(kMixed)), compile(kMixed));
}

/// The whole builder: the second time nothing is compiled, and the answers are the same.
TEST_F(PatternCache, EditingALocalListCompilesNoFeed) {
  tree.write("feed/x/urls", "a.example/x\n");
  tree.write("feed/x/expressions", "feed[0-9]\n");
  tree.write("local/y/expressions", "local[0-9]\n");
  const Sources sources{{tree.feed(), tree.local()}, {}};
  const auto used = [&] {
    BuildReport report;
    CatalogueBuilder builder{sources, {SipKey{1, 2}, folder}};
    EXPECT_TRUE(builder.read(report));
    EXPECT_TRUE(builder.compile(report));
    std::set<std::string> databases;
    for (const auto& file : report.cache_files)
      if (!file.ends_with(".part")) databases.insert(file);
    return databases;
  };
  const auto before = used();
  EXPECT_EQ(3U, before.size());
  EXPECT_EQ(before, used());
  tree.write("local/y/expressions", "local[0-9]\nmore\n");
  const auto after = used();
  Strings same;
  std::ranges::set_intersection(before, after, std::back_inserter(same));
  EXPECT_EQ(2U, same.size());
}

}  // namespace
}  // namespace breakwater::categories::test
