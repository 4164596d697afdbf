// Locked lists: licensed ones of which only hashes are kept.

#include <algorithm>

#include <gmock/gmock.h>

#include "tests/categories/locked_list.h"

namespace breakwater::categories::test {
namespace {

std::string repeated(std::string_view text, int times) {
  std::string all;
  for (; times > 0; --times)
    all += text;
  return all;
}

class Locked : public testing::Test {
 protected:
  Asked asked(const std::vector<std::string>& entries, const std::string& category = "child-abuse",
              std::vector<Source> sources = {}) const {
    const auto list = write_locked(tree, "iwf", category, entries);
    return Asked{{std::move(sources), {}}, {kLockedKey, {}, {}, {list}}};
  }
  ListTree tree;
};

TEST_F(Locked, HostsCoverWhatOthersDo) {
  auto list = asked({"bad.example", "192.0.2.7"});
  for (const std::string_view hit : {"bad.example", "www.bad.example", "http://x.bad.example/any", "192.0.2.7"})
    EXPECT_EQ("child-abuse", list.categories(hit)) << hit;
  for (const std::string_view miss : {"notbad.example", "example", "192.0.2.8", "http://a.example/bad.example"})
    EXPECT_EQ("", list.categories(miss)) << miss;
  EXPECT_EQ(2U, list.report.lists.at(0).entries);
  EXPECT_EQ(ListRole::locked, list.report.lists.at(0).role);
}

TEST_F(Locked, UrlsAreFoundWhereADirectoryOrThePathOrTheWholeEnds) {
  auto list = asked({"a.example/dir/", "b.example/dir/page", "c.example/page?id=7", "d.example/", "192.0.2.7/x",
                     "2001:db8::7/x", "www.e.example/x"});
  constexpr std::string_view kHits[] = {
      "http://a.example/dir/",
      "http://a.example/dir/below/page?q",
      "http://www.a.example/dir/page",
      "http://x.y.z.a.example:8080/DIR/page#part",
      "http://a.example/other/../dir//page",
      "http://a.example/%64ir/",
      "http://b.example/dir/page",
      "http://b.example/dir/page?",
      "http://b.example/dir/page?any=thing/else?",
      "http://c.example/page?id=7",
      "http://c.example/PAGE?id=7#top",
      "http://d.example/",
      "http://d.example",
      "http://sub.d.example/any/thing?x",
      "http://192.0.2.7/x",
      "http://3221225991/x?y",
      "http://[2001:DB8:0::7]/x",
      "http://www.e.example/x",
  };
  constexpr std::string_view kMisses[] = {
      "http://a.example/",           "http://a.example/dir",
      "http://a.example/dirt/",      "http://a.example/x/dir/",
      "http://nota.example/dir/",    "http://a.example.org/dir/",
      "http://b.example/dir/pages",  "http://b.example/dir/page/x",
      "http://b.example/dir/",       "http://c.example/page",
      "http://c.example/page?id=71", "http://c.example/page?id=7&x",
      "http://192.0.2.8/x",          "http://7.192.0.2/x",
      "http://e.example/x",          "http://x.example/?http://a.example/dir/",
  };
  for (const auto hit : kHits)
    EXPECT_EQ("child-abuse", list.categories(hit)) << hit;
  for (const auto miss : kMisses)
    EXPECT_EQ("", list.categories(miss)) << miss;
  for (const auto hit : kHits) {
    const auto url = *parse_url(hit, HostSource::wire);
    list.catalogue->classify(url.host, {}, *list.scratch, list.answer);
    EXPECT_TRUE(list.answer.matches.empty()) << "of HTTPS no path is known: " << hit;
  }
}

TEST_F(Locked, LabelsAndDirectoriesCannotHideAUrl) {
  auto list = asked({"bad.example/x", repeated("a.", 100) + "deep.example/x", "dir.example/one/two/",
                     "long.example/" + repeated("d/", 40), "long.example/" + repeated("e/", 40) + "page"});
  EXPECT_EQ("child-abuse", list.categories("http://" + repeated("a.", 110) + "bad.example/x"));
  EXPECT_EQ("", list.categories("http://" + repeated("a.", 100) + "deep.example/x")) << "beyond the last labels";
  EXPECT_EQ("child-abuse", list.categories("http://dir.example/one/two/" + repeated("x/", 3'000)));
  EXPECT_EQ("child-abuse", list.categories("http://long.example/" + repeated("d/", 40)));
  EXPECT_EQ("child-abuse", list.categories("http://long.example/" + repeated("d/", 40) + "?q"));
  EXPECT_EQ("", list.categories("http://long.example/" + repeated("d/", 41))) << "beyond the first directories";
  EXPECT_EQ("child-abuse", list.categories("http://long.example/" + repeated("e/", 40) + "page?q"));
  // Each place is asked for once, also where directories are as many as are looked at.
  for (int depth = 30; depth < 35; ++depth) {
    const auto path = "many.example/" + repeated("d/", depth);
    auto one = asked({path});
    EXPECT_EQ(1U, one("http://" + path).matches.size()) << depth;
    EXPECT_EQ(1U, one("http://" + path + "?q").matches.size()) << depth;
  }
}

TEST_F(Locked, NoLineIsTold) {
  auto list = asked({"x.example", "x.example", "bad.example", "bad.example/x"});
  const auto& matches = list("http://bad.example/x").matches;
  ASSERT_EQ(2U, matches.size());
  for (const auto& match : matches) {
    EXPECT_EQ(0U, match.line);
    EXPECT_EQ(ListRole::locked, match.role);
  }
  EXPECT_EQ(EntryKind::domain, matches[0].kind);
  EXPECT_EQ(EntryKind::url, matches[1].kind);
  for (const auto& match :
       list.catalogue->matches(*normalise_host("bad.example", HostSource::wire), "bad.example/x", *list.scratch))
    EXPECT_EQ(0U, match.line);
}

TEST_F(Locked, NothingTakesThemAway) {
  tree.write("feed/games/domains", "bad.example\n");
  tree.write("exceptions/domains", "bad.example\n");
  tree.write("exceptions/urls", "url.example/\n");
  tree.write("local/allow/domains", "bad.example\n");
  const std::vector<Source> sources{tree.feed(), tree.exceptions(), tree.local()};
  // Also one that is of no locked category.
  for (const std::string category : {"child-abuse", "violence"}) {
    auto list = asked({"bad.example", "url.example/x"}, category, sources);
    EXPECT_EQ(category, list.categories("www.bad.example"));
    EXPECT_TRUE(list.answer.allow) << "the floor is the policy's matter";
    EXPECT_EQ(category, list.categories("http://url.example/x"));
  }
}

TEST_F(Locked, WhatCannotBeReadGivesNoCatalogue) {
  const auto good = write_locked(tree, "iwf", "child-abuse", {"bad.example"});
  const auto message = [&](const LockedList& list, const SipKey& key) {
    BuildReport report;
    const Sources none;
    CatalogueBuilder builder{none, {key, {}, {}, {list}}};
    EXPECT_FALSE(builder.read(report));
    return report.diagnostics.empty() ? "" : report.diagnostics.front().message;
  };
  EXPECT_EQ("the locked list \"locked/iwf\" was made with another key: import it again", message(good, SipKey{7, 8}));
  std::filesystem::resize_file(good.part, 100);
  EXPECT_EQ("the locked list \"locked/iwf\": the catalogue is cut short: import it again", message(good, kLockedKey));
  std::filesystem::remove(good.part);
  EXPECT_EQ("the locked list \"locked/iwf\": the catalogue cannot be read: import it again", message(good, kLockedKey));
}

}  // namespace
}  // namespace breakwater::categories::test
