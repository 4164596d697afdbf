#include "proxy/app/list_hits.h"

#include "tests/rules/policy_fixture.h"

namespace breakwater::app {
namespace {

using Sums = std::map<std::string, std::uint64_t>;

class ListHitsTest : public testing::Test {
 protected:
  using Snapshot = std::shared_ptr<const rules::Snapshot>;

  /// A snapshot of lists of one entry each.
  static Snapshot snapshot(std::initializer_list<const char*> categories) {
    const test::TemporaryFolder folder;
    for (const std::string category : categories)
      folder.write("feed/" + category + "/domains", category + ".test\n");
    return rules::make_snapshot(folder,
                                "[centre]\nname = \"a\"\ntimezone = \"UTC\"\n[lists]\n[[lists.feed]]\nname = \"feed\"\n"
                                "path = \"feed\"\n[[group]]\nname = \"g\"\n");
  }
  static void hit(ListHits& hits, const Snapshot& snapshot, std::string_view category) {
    const auto& lists = snapshot->catalogue->lists();
    for (std::size_t id = 0; id < lists.size(); ++id)
      if (lists[id].name == "feed/" + std::string{category} + "/domains")
        return hits.add(*snapshot, static_cast<categories::ListId>(id));
    ADD_FAILURE() << category;
  }
  static Sums sums(const ListHits& hits) {
    Sums all;
    hits.add_to(all);
    return all;
  }
};

TEST_F(ListHitsTest, AreCountedByNameOverReloads) {
  ListHits hits;
  const auto first = snapshot({"games", "news"});
  hits.use(first);
  EXPECT_EQ(sums(hits), Sums{});
  hit(hits, first, "games");
  hit(hits, first, "news");
  hit(hits, first, "news");
  EXPECT_EQ(sums(hits), (Sums{{"feed/games/domains", 1}, {"feed/news/domains", 2}}));

  const auto second = snapshot({"chat", "news"});  // the ids are others now
  hits.use(second);
  hit(hits, second, "news");
  hit(hits, second, "chat");
  hit(hits, first, "games");  // a request that began before the reload
  const Sums after{{"feed/chat/domains", 1}, {"feed/games/domains", 1}, {"feed/news/domains", 3}};
  EXPECT_EQ(sums(hits), after) << "a list that is gone keeps its number";
  hits.use(first);
  hit(hits, first, "games");
  EXPECT_EQ(sums(hits)["feed/games/domains"], 2u) << "and goes on when it is back";
}

TEST_F(ListHitsTest, OfSeveralWorkersAreAddedUp) {
  const auto both = snapshot({"games", "news"});
  ListHits one;
  ListHits other;
  one.use(both);
  other.use(both);
  hit(one, both, "games");
  hit(other, both, "games");
  hit(other, both, "news");
  auto all = sums(one);
  other.add_to(all);
  EXPECT_EQ(all, (Sums{{"feed/games/domains", 2}, {"feed/news/domains", 1}}));
}

}  // namespace
}  // namespace breakwater::app
