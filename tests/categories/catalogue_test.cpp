#include "categories/catalogue.h"

#include <atomic>
#include <thread>

#include <gmock/gmock.h>

#include "tests/categories/list_tree.h"

namespace breakwater::categories::test {
namespace {

TEST(Classify, DomainsCoverTheirSubdomainsAndNothingElse) {
  ListTree tree;
  tree.write("feed/games/domains", "example.com\na.deep.example.org\n192.0.2.1\n2001:db8::1\n");
  Asked asked{{{tree.feed()}, {{"feed/games", "games"}}}};
  for (const std::string_view hit :
       {"example.com", "www.example.com", "a.b.c.example.com", "x.a.deep.example.org", "192.0.2.1", "3221225985",
        "[2001:db8::1]", "http://www.example.com/any?x", "http://192.0.2.1/"})
    EXPECT_EQ("games", asked.categories(hit)) << hit;
  for (const std::string_view miss : {"com", "notexample.com", "example.com.org", "deep.example.org", "example.org",
                                      "192.0.2.2", "[2001:db8::2]", "localhost", "http://example.org/example.com"})
    EXPECT_EQ("", asked.categories(miss)) << miss;
}

TEST(Classify, LongNamesAreLookedUpWhole) {
  ListTree tree;
  std::string deepest;
  for (int i = 0; i < 126; ++i)
    deepest += "a.";
  deepest += "b";
  ASSERT_EQ(253U, deepest.size());
  tree.write("feed/x/domains", deepest + "\na.b\n");
  Asked asked{{{tree.feed()}, {}}};
  EXPECT_EQ(2U, asked(deepest).matches.size());
}

TEST(Classify, NetworksHoldTheirAddresses) {
  ListTree tree;
  const std::pair<std::string_view, std::string_view> kLists[] = {
      {"wide", "10.0.0.0/8\n2001:4000::/19\n"},  // the shortest prefixes that a list may have
      {"medium", "192.0.2.0/24\n2001:db8:0:1::/64\n"},
      {"narrow", "192.0.2.128/25\n192.0.2.254/31\n2001:db8:0:1::fffe/127\n"},
      {"single", "192.0.2.255/32\n192.0.2.7\n2001:db8:0:1::ffff/128\n"},
  };
  for (const auto& [name, text] : kLists)
    tree.write("feed/" + std::string{name} + "/domains", text);
  Asked asked{{{tree.feed()}, {}}};
  EXPECT_THAT(asked.report.diagnostics, testing::IsEmpty());
  const std::pair<std::string_view, std::string_view> kCases[] = {
      {"10.0.0.0", "wide"},
      {"10.255.255.255", "wide"},
      {"9.255.255.255", ""},
      {"11.0.0.0", ""},
      {"192.0.2.0", "medium"},
      {"192.0.1.255", ""},
      {"192.0.3.0", ""},
      {"192.0.2.7", "medium single"},
      {"192.0.2.127", "medium"},
      {"192.0.2.128", "medium narrow"},
      {"192.0.2.254", "medium narrow narrow"},
      {"192.0.2.255", "medium narrow narrow single"},
      {"http://192.0.2.7:8080/x", "medium single"},
      {"0xC0000207", "medium single"},
      {"[::ffff:192.0.2.7]", "medium single"},
      {"[2001:4000::]", "wide"},
      {"[2001:5fff:ffff:ffff:ffff:ffff:ffff:ffff]", "wide"},
      {"[2001:3fff:ffff:ffff:ffff:ffff:ffff:ffff]", ""},
      {"[2001:6000::]", ""},
      {"[2001:db8:0:1::]", "medium"},
      {"[2001:db8::ffff:ffff:ffff:ffff]", ""},
      {"[2001:db8:0:2::]", ""},
      {"[2001:db8:0:1::fffe]", "medium narrow"},
      {"[2001:db8:0:1::ffff]", "medium narrow single"},
      {"192.0.2.7.example", ""},
      {"a.192.0.2.example", ""},
  };
  for (const auto& [target, expected] : kCases) {
    std::vector<std::string> lists;
    for (const auto& match : asked(target).matches) {
      const auto& name = asked.catalogue->lists()[match.list].name;
      lists.push_back(name.substr(5, name.rfind('/') - 5));
    }
    std::ranges::sort(lists);
    std::string all;
    for (const auto& list : lists)
      all.append(all.empty() ? "" : " ").append(list);
    EXPECT_EQ(expected, all) << target;
  }
}

TEST(Classify, UrlsArePrefixesOnTheHostAndItsSubdomains) {
  ListTree tree;
  tree.write("feed/x/urls", "example.com/Bad\nexample.org/?q=a\nexample.net/a/%62\n");
  Asked asked{{{tree.feed()}, {}}};
  for (const std::string_view hit :
       {"http://example.com/bad", "http://www.example.com/BADder/x", "http://example.com//x/../bad?y",
        "http://example.org/?q=abc", "http://example.net/a/b", "http://example.com/bad?u=notexample.com/bad"})
    EXPECT_EQ("feed/x", asked.categories(hit)) << hit;
  for (const std::string_view miss :
       {"http://notexample.com/bad", "http://example.com/", "http://example.com/x/bad", "http://a.org/example.com/bad",
        "http://notexample.com/bad?u=example.com/bad", "http://a.org/?example.com/bad", "example.com", "example.org"})
    EXPECT_EQ("", asked.categories(miss)) << miss;
  EXPECT_EQ(EntryKind::url, asked("http://example.org/?q=a").matches.front().kind);
  EXPECT_EQ(2U, asked("http://example.org/?q=a").matches.front().line);
}

TEST(Classify, WildcardsStayInsideTheHost) {
  ListTree tree;
  tree.write("feed/x/domains", "ads*.example.com\ngoogle.*\n");
  Asked asked{{{tree.feed()}, {}}};
  for (const std::string_view hit :
       {"ads.example.com", "ads7.example.com", "x.ads7.example.com", "www.google.fr", "google.co.uk"})
    EXPECT_EQ("feed/x", asked.categories(hit)) << hit;
  for (const std::string_view miss :
       {"example.com", "bads.example.com", "notgoogle.fr", "http://a.com/ads.example.com/", "ads.example.com.org"})
    EXPECT_EQ("", asked.categories(miss)) << miss;
}

TEST(Classify, ExpressionsAreSearchedForWithoutCase) {
  ListTree tree;
  tree.write("feed/x/expressions",
             "(casino|poker)[0-9]\n^www\\.example\\.com/$\n/search\\?q=.*BOMB\nx.example/.*\\.exe$\n");
  Asked asked{{{tree.feed()}, {}}};
  for (const std::string_view hit : {"best-casino7.com", "www.example.com", "http://a.com/POKER1",
                                     "http://a.com/search?q=a%20Bomb", "http://x.example/a.exe"})
    EXPECT_EQ("feed/x", asked.categories(hit)) << hit;
  for (const std::string_view miss :
       {"casino.com", "http://www.example.com/a", "http://a.com/search?q=a", "http://x.example/a.exe?y"})
    EXPECT_EQ("", asked.categories(miss)) << miss;
  EXPECT_EQ(EntryKind::expression, asked("best-casino7.com").matches.front().kind);
}

TEST(Classify, KeywordsAreWholeWordsOfHostAndPath) {
  ListTree tree;
  tree.write("feed/x/keywords", "casino\nbet-now\n");
  Asked asked{{{tree.feed()}, {}}};
  for (const std::string_view hit :
       {"casino.com", "my-casino.org", "http://a.com/CASINO", "http://a.com/casino?x", "http://a.com/x_casino_y",
        "http://a.com/casinos/casino", "http://a.com/%43asino", "http://a.com/bet-now/"})
    EXPECT_EQ("feed/x", asked.categories(hit)) << hit;
  for (const std::string_view miss :
       {"casinos.com", "mycasino.org", "http://a.com/casino2", "http://a.com/?q=casino", "http://a.com/bet"})
    EXPECT_EQ("", asked.categories(miss)) << miss;
  EXPECT_EQ(1U, asked("http://casino.com/casino/casino").matches.size());
  EXPECT_EQ(EntryKind::keyword, asked.answer.matches.front().kind);
}

TEST(Classify, AllMatchesCountAndSayWhereTheyStand) {
  ListTree tree;
  tree.write("one/games/domains", "x.example\nplay.example\n");
  tree.write("two/dating/domains", "\n\nexample.org\nwww.play.example\n");
  Asked asked{{{tree.feed("one"), tree.feed("two")}, {}}};
  EXPECT_EQ("dating games", asked.categories("www.play.example"));
  ASSERT_EQ(2U, asked.answer.matches.size());
  for (const auto& match : asked.answer.matches) {
    const auto& list = asked.catalogue->lists()[match.list];
    EXPECT_EQ(list.name == "one/games/domains" ? 2U : 4U, match.line);
    EXPECT_EQ(list.category, match.category);
    EXPECT_EQ(ListRole::feed, match.role);
    EXPECT_EQ(EntryKind::domain, match.kind);
  }
  EXPECT_TRUE(asked.answer.local.none());
}

/// Feeds that list what they should not, and what the IT provider says to it.
class Roles : public testing::Test {
 protected:
  static Sources sources(const ListTree& tree) {
    tree.write("feed/drugs/domains", "talktofrank.example\nshop.example\nboth.example\n");
    tree.write("feed/terrorism/domains", "shop.example\nlocked.example\n");
    tree.write("feed/child-abuse/x/domains", "child.example\n");
    tree.write("exceptions/domains", "talktofrank.example\nlocked.example\nchild.example\nboth.example\n");
    tree.write("exceptions/urls", "shop.example/help\n");
    tree.write("local/allow/domains", "nothing.example\nallowed.example\nlocked.example\n");
    tree.write("local/allow/urls", "shop.example/ok\n");
    tree.write("local/gambling/domains", "bet.example\nboth.example\n");
    return {{tree.feed(), tree.exceptions(), tree.local()},
            {{"feed/drugs", "drugs"}, {"feed/terrorism", "terrorism"}, {"feed/child-abuse/x", "child-abuse/x"}}};
  }
  ListTree tree;
  Asked asked{sources(tree)};
};

TEST_F(Roles, ExceptionsStrikeWhatFeedsSay) {
  EXPECT_EQ("", asked.categories("www.talktofrank.example"));
  EXPECT_TRUE(asked.answer.matches.empty());
  EXPECT_EQ("terrorism drugs", asked.categories("http://shop.example/"));
  EXPECT_EQ("terrorism", asked.categories("http://shop.example/help/me"));
  EXPECT_EQ(1U, asked.answer.matches.size());
}

TEST_F(Roles, ExceptionsLeaveLockedAndLocalCategories) {
  EXPECT_EQ("terrorism", asked.categories("locked.example"));
  EXPECT_EQ("child-abuse/x", asked.categories("child.example"));
  EXPECT_EQ("gambling", asked.categories("both.example"));
  ASSERT_EQ(1U, asked.answer.matches.size());
  EXPECT_EQ(ListRole::local, asked.answer.matches[0].role);
  EXPECT_EQ("gambling", asked.names(asked.answer.local));
}

TEST_F(Roles, AllowIsSaidBesideTheCategories) {
  const auto& allowed = asked("www.allowed.example");
  ASSERT_TRUE(allowed.allow);
  EXPECT_EQ(ListRole::allow, allowed.allow->role);
  EXPECT_EQ(2U, allowed.allow->line);
  EXPECT_EQ("local/allow/domains", asked.catalogue->lists()[allowed.allow->list].name);
  EXPECT_TRUE(allowed.matches.empty());
  EXPECT_TRUE(allowed.categories.none());
  EXPECT_FALSE(asked("bet.example").allow);
  EXPECT_EQ(EntryKind::url, asked("http://shop.example/ok").allow->kind);
  EXPECT_TRUE(asked("locked.example").allow) << "the floor is the policy's matter";
  EXPECT_EQ("terrorism", asked.names(asked.answer.categories));
}

TEST_F(Roles, NothingOfTheLastAnswerStays) {
  asked("allowed.example");
  asked("both.example");
  const auto& answer = asked("unlisted.example");
  EXPECT_TRUE(answer.matches.empty() && answer.categories.none() && answer.local.none() && !answer.allow);
  EXPECT_EQ(ClassifyStatus::ok, answer.status);
}

TEST(Classify, ManyEntriesOfOneNameLoseNoCategory) {
  ListTree tree;
  Sources sources;
  // 400 lists name the host, the last of them in a category of its own; a list may also repeat it endlessly.
  for (int i = 0; i < 400; ++i)
    tree.write("feed/c" + std::to_string(1000 + i) + "/domains", "example.com\n");
  std::string often;
  for (int i = 0; i < 100'000; ++i)
    often += "example.com\n";
  tree.write("feed/c0000/domains", often + "x.example.com\n");
  sources.all.push_back(tree.feed());
  for (int i = 0; i < 399; ++i)
    sources.map["feed/c" + std::to_string(1000 + i)] = i < 300 ? "games" : "dating";
  sources.map["feed/c1399"] = "weapons";
  Asked asked{sources};
  EXPECT_EQ("weapons dating games feed/c0000", asked.categories("x.example.com"));
  EXPECT_LE(asked.answer.matches.size(), 70U);
  EXPECT_EQ(2U, asked.catalogue->lists()[0].entries);
}

TEST(Classify, ManyMatchesLoseNoCategory) {
  ListTree tree;
  for (int i = 0; i < 300; ++i)
    tree.write("feed/c" + std::to_string(1000 + i) + "/domains", "a" + std::to_string(i) + ".com\nexample.com\n");
  Asked asked{{{tree.feed()}, {}}};
  EXPECT_EQ(300U, asked("www.example.com").categories.count());
  EXPECT_EQ(300U, asked.answer.matches.size()) << "each category keeps a match that shows it";
}

TEST(Classify, ThreadsShareACatalogue) {
  ListTree tree;
  tree.write("feed/x/domains", "example.com\n");
  tree.write("feed/x/urls", "example.org/x\n");
  tree.write("feed/x/expressions", "good\n(?U)bad.*site\n");
  Asked asked{{{tree.feed()}, {}}};
  std::vector<std::thread> threads;
  threads.reserve(4);
  std::atomic<int> right = 0;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&] {
      const auto scratch = asked.catalogue->make_scratch();
      Classification answer;
      const auto host = *normalise_host("www.example.org", HostSource::wire);
      for (int n = 0; n < 1'000; ++n) {
        asked.catalogue->classify(host, "www.example.org/x/good/bad-site", *scratch, answer);
        if (answer.status == ClassifyStatus::ok && answer.matches.size() == 3) ++right;
      }
    });
  for (auto& thread : threads)
    thread.join();
  EXPECT_EQ(4'000, right);
}

TEST(LockedCategories, AreTerrorismChildAbuseAndTheirChildren) {
  CategoryTable table;
  table.add("terrorism/media");
  const auto locked = locked_categories(table);
  EXPECT_EQ(3U, locked.count());
  for (const std::string_view name : {"terrorism", "child-abuse", "terrorism/media"})
    EXPECT_TRUE(locked[*table.find(name)]) << name;
}

}  // namespace
}  // namespace breakwater::categories::test
