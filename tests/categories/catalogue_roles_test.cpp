// What takes an entry back: exceptions inside a list, days that are past. And what says something else instead.

#include <algorithm>

#include <gmock/gmock.h>

#include "categories/target.h"
#include "tests/categories/list_tree.h"

namespace breakwater::categories::test {
namespace {

using std::chrono::days;
using std::chrono::sys_days;

constexpr sys_days kDay = std::chrono::year{2026} / 12 / 18;

/// One list of AdBlock's rules, which is a source by itself: its name is "NAME/NAME".
Source rules(const ListTree& tree, const std::string& name, const std::string& category, std::string_view text,
             ListRole role = ListRole::feed) {
  return {name, tree.write(name, text), ListFormat::adblock, category, role};
}

/// The lists of what counts, sorted.
std::vector<std::string> lists(const Asked& asked) {
  std::vector<std::string> names;
  for (const auto& match : asked.answer.matches)
    names.push_back(std::filesystem::path{asked.catalogue->lists()[match.list].name}.filename());
  std::ranges::sort(names);
  return names;
}

TEST(AdblockExceptions, StrikeTheirOwnListAndNoOther) {
  ListTree tree;
  Asked asked{
      {{rules(tree, "one", "games", "||a.example^\n||x.example/ad/\n@@||good.a.example^\n@@||good.x.example^\n"),
        rules(tree, "two", "games", "||a.example^\n@@||other.example^\n"),
        {"three", tree.write("three", "a\\.example\n"), ListFormat::expressions, "news", ListRole::feed},
        rules(tree, "four", "dating", "||a.example^\n@@||fine.a.example^\n", ListRole::local)},
       {}}};
  EXPECT_EQ("", Asked::all(asked.report.diagnostics));
  using Names = std::vector<std::string>;
  const std::pair<std::string_view, Names> kCases[] = {
      {"a.example", {"four", "one", "three", "two"}},
      {"good.a.example", {"four", "three", "two"}},
      {"www.good.a.example", {"four", "three", "two"}},
      {"notgood.a.example", {"four", "one", "three", "two"}},
      {"fine.a.example", {"one", "three", "two"}},
      {"http://fine.a.example/x", {"one", "three", "two"}},
      {"http://x.example/ad/1", {"one"}},
      {"http://good.x.example/ad/1", {}},
      {"other.example", {}},
  };
  for (const auto& [target, expected] : kCases) {
    EXPECT_EQ(expected.empty(), asked.categories(target).empty()) << target;
    EXPECT_EQ(expected, lists(asked)) << target;
  }
  const auto all = asked.catalogue->matches(*normalise_host("good.a.example", HostSource::wire), {}, *asked.scratch);
  ASSERT_EQ(5U, all.size()) << "every entry is told, also what does not count";
  const auto except = std::ranges::find(all, ListRole::exception, &Match::role);
  ASSERT_NE(all.end(), except);
  EXPECT_EQ("one/one", asked.catalogue->lists()[except->list].name);
  EXPECT_EQ(3U, except->line);
}

TEST(AdblockExceptions, LeaveTerrorismAndChildAbuse) {
  ListTree tree;
  Sources sources;
  for (const std::string name : {"terrorism", "child-abuse", "child-abuse/x", "games"})
    sources.all.push_back(
        rules(tree, "list-" + std::to_string(name.size()), name, "||a.example^\n@@||good.a.example^\n"));
  Asked asked{sources};
  const auto everywhere = asked("a.example").categories;
  EXPECT_EQ(4U, everywhere.count());
  auto expected = everywhere;
  expected.reset(*asked.catalogue->categories().find("games"));
  EXPECT_EQ(expected, asked("good.a.example").categories) << asked.names(asked.answer.categories);
  EXPECT_EQ(3U, asked.answer.matches.size());
}

TEST(AdblockExceptions, StrikeWhatTheirListAllowsOrExcepts) {
  ListTree tree;
  Asked asked{{{rules(tree, "feed", "games", "||shop.example^\n||help.example^\n||both.example^\n"),
                rules(tree, "one", "", "||shop.example^\n||both.example^\n@@||pay.shop.example^\n@@||both.example^\n",
                      ListRole::allow),
                rules(tree, "two", "", "||both.example^\n", ListRole::allow),
                rules(tree, "three", "", "||help.example^\n@@||chat.help.example^\n", ListRole::exception),
                rules(tree, "four", "news", "||shop.example^\n@@||pay.shop.example^\n", ListRole::recategorise)},
               {}}};
  EXPECT_TRUE(asked("www.shop.example").allow);
  EXPECT_TRUE(asked.answer.recategorised);
  EXPECT_FALSE(asked("pay.shop.example").allow);
  EXPECT_FALSE(asked.answer.recategorised);
  EXPECT_TRUE(asked.answer.local.none());
  EXPECT_EQ("games", asked.names(asked.answer.categories));
  ASSERT_TRUE(asked("both.example").allow);
  EXPECT_EQ("two/two", asked.catalogue->lists()[asked.answer.allow->list].name);
  EXPECT_EQ("", asked.categories("help.example"));
  EXPECT_EQ("games", asked.categories("chat.help.example")) << "the exception does not hold there";
}

/// As many lists as are kept of one name except it: the one that does not is still heard.
TEST(AdblockExceptions, OfManyListsHideNoEntry) {
  ListTree tree;
  Sources sources;
  for (std::size_t i = 0; i < kMaxTargets + 6; ++i)
    sources.all.push_back(rules(tree, "list" + std::to_string(i), "games", "||example.com^\n@@||www.example.com^\n"));
  sources.all.push_back(rules(tree, "last", "games", "||www.example.com^\n"));
  Asked asked{sources};
  EXPECT_EQ("games", asked.categories("www.example.com"));
  EXPECT_THAT(lists(asked), testing::Contains("last"));
}

TEST(Recategorise, SaysWhatAHostIsBesideWhatFeedsSay) {
  ListTree tree;
  tree.write("feed/games/domains", "a.example\nb.example\n");
  tree.write("local/recategorise/news/domains", "\na.example\n");
  tree.write("local/recategorise/news/urls", "b.example/news\n");
  tree.write("local/dating/domains", "a.example\n");
  Asked asked{{{tree.feed(), tree.local()}, {{"feed/games", "games"}}}};
  const auto& answer = asked("www.a.example");
  ASSERT_TRUE(answer.recategorised);
  EXPECT_EQ(ListRole::recategorise, answer.recategorised->role);
  EXPECT_EQ(2U, answer.recategorised->line);
  EXPECT_EQ("news", asked.catalogue->categories().name(answer.recategorised->category));
  EXPECT_EQ("dating games news", asked.names(answer.categories)) << "what counts of it is the policy's matter";
  EXPECT_EQ("dating news", asked.names(answer.local));
  EXPECT_TRUE(asked("http://b.example/news/1").recategorised);
  EXPECT_FALSE(asked("http://b.example/").recategorised);
  EXPECT_EQ("games", asked.names(asked.answer.categories));
}

/// Where no day is given no entry is ever left out.
Asked on(const Sources& sources, std::optional<sys_days> today) {
  return Asked{sources, {{}, {}, today}};
}

TEST(Expiry, EntriesHoldUntilTheEndOfTheirDay) {
  ListTree tree;
  const auto until = std::string{"  # until 2026-12-18, a lesson\n"};
  tree.write("local/games/domains",
             "a.example" + until + "c.example\nd.example  # until 2027-01-01\n192.0.2.0/24" + until);
  tree.write("local/games/urls", "a.example/x" + until);
  tree.write("local/games/expressions", "dated[0-9]" + until + "lasting[0-9]\n");
  tree.write("local/games/keywords", "fortnite" + until);
  tree.write("local/allow/domains", "c.example" + until);
  const Sources sources{{tree.local()}, {}};
  constexpr std::string_view kDated[] = {"a.example", "192.0.2.9", "dated7.example", "play-fortnite.example"};
  constexpr std::string_view kLasting[] = {"c.example", "d.example", "lasting7.example"};
  const struct {
    std::optional<sys_days> today;
    bool holds;
    std::optional<sys_days> changes_on;
    std::uint32_t expired;  ///< of the first list
  } kCases[] = {
      {{}, true, {}, 0},
      {kDay - days{300}, true, kDay + days{1}, 0},
      {kDay, true, kDay + days{1}, 0},
      {kDay + days{1}, false, sys_days{std::chrono::year{2027} / 1 / 2}, 2},
  };
  for (const auto& [today, holds, changes_on, expired] : kCases) {
    auto asked = on(sources, today);
    for (const auto target : kDated)
      EXPECT_EQ(holds ? "games" : "", asked.categories(target)) << target;
    for (const auto target : kLasting)
      EXPECT_EQ("games", asked.categories(target)) << target;
    EXPECT_EQ(holds, asked("http://a.example/x").matches.size() == 2);
    EXPECT_EQ(holds, asked("c.example").allow.has_value());
    EXPECT_EQ(changes_on, asked.report.changes_on);
    const auto games = std::ranges::find(asked.report.lists, "local/games/domains", &ListInfo::name);
    EXPECT_EQ(std::pair(expired, 4 - expired), std::pair(games->expired, games->entries));
    EXPECT_EQ(games->expired,
              asked.catalogue->lists()[static_cast<std::size_t>(games - asked.report.lists.begin())].expired);
  }
  const auto late = on(sources, kDay + days{300});
  EXPECT_EQ(std::nullopt, late.report.changes_on) << "nothing more will change";
}

TEST(Expiry, WhatIsPastHidesNothing) {
  const struct {
    const char* text;
    const char* before;  ///< lines that match on the day
    const char* after;
  } kCases[] = {
      {"a.example  # until 2026-12-18\na.example\n", "1", "2"},
      {"a.example\na.example  # until 2026-12-18\n", "1", "1"},
      {"a.example  # until 2026-12-18\na.example  # until 2027-12-18\n", "1", "2"},
      {"a.example  # until 2026-12-18\na.example  # until 2025-12-18\na.example\n", "1", "3"},
      {"a.example  # until 2026-12-18\na.example  # until 2026-12-18\n", "1", ""},
  };
  for (const auto& [text, before, after] : kCases)
    for (const std::string_view way : {"local/games/domains", "local/games/urls", "local/games/expressions"}) {
      ListTree tree;
      tree.write(std::string{way}, text);
      const auto lines = [&tree](sys_days today) {
        std::string all;
        auto asked = on({{tree.local()}, {}}, today);
        for (const auto& match : asked("http://www.a.example/x").matches)
          all += std::to_string(match.line);
        return all;
      };
      EXPECT_EQ(before, lines(kDay)) << way << '\n' << text;
      EXPECT_EQ(after, lines(kDay + days{1})) << way << '\n' << text;
    }
}

TEST(Expiry, TheFingerprintChangesOnlyWhereAnEntryEnds) {
  ListTree tree;
  tree.write("local/games/domains", "a.example  # until 2026-12-18\nb.example\n");
  const Sources sources{{tree.local()}, {}};
  const auto fingerprint = [&sources](sys_days today) {
    BuildReport report;
    CatalogueBuilder builder{sources, {SipKey{1, 2}, {}, today}};
    EXPECT_TRUE(builder.read(report));
    return builder.fingerprint();
  };
  EXPECT_EQ(fingerprint(kDay - days{9}), fingerprint(kDay));
  EXPECT_NE(fingerprint(kDay), fingerprint(kDay + days{1}));
  EXPECT_EQ(fingerprint(kDay + days{1}), fingerprint(kDay + days{9}));
}

}  // namespace
}  // namespace breakwater::categories::test
