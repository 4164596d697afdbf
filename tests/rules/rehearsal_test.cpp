#include "rules/rehearsal.h"

#include <gmock/gmock.h>

#include "categories/part.h"
#include "tests/rules/policy_fixture.h"

namespace breakwater::rules {
namespace {

using testing::ElementsAre;
using testing::ElementsAreArray;
using testing::IsEmpty;
using testing::StartsWith;

constexpr std::string_view kPolicy = R"([centre]
name = "Academy"
timezone = "Europe/London"
[lists]
local = "local"
exceptions = "exceptions"
[[lists.feed]]
name = "feed"
path = "feed"
[[timetable]]
name = "week"
outside = "closed"
[[timetable.period]]
name = "session"
days = ["Mon"]
times = ["09:00-12:30"]
[[group]]
name = "learners"
networks = ["10.20.0.0/16"]
timetable = "week"
default = "allow"
[[group]]
name = "staff"
networks = ["10.30.0.0/16"]
default = "allow"
[floor]
categories = ["gambling"]
[essential]
hosts = ["lesson.test", "tool.portal.test"]
[[rule]]
name = "sessions"
groups = ["learners"]
periods = ["session"]
block = ["games"]
[[rule]]
name = "always"
groups = ["learners"]
block = ["phishing"]
allow = ["jobs"]
)";

using Files = std::vector<std::pair<std::string, std::string>>;

const categories::SipKey kKey{1, 2};

/// The policy over a few lists and those that are given, which replace them. A file "locked" is a locked list.
std::shared_ptr<const Snapshot> make(const Files& files) {
  const TemporaryFolder folder;  // nothing is read from it later
  folder.write("feed/gambling/domains", "bets.test\n");
  folder.write("feed/games/domains", "play.test\n");
  folder.write("feed/phishing/domains", "bait.test\n");
  folder.write("local/allow/domains", "open.test\n");
  folder.write("exceptions/domains", "wrong.test\n");
  categories::BuildOptions options;
  options.key = kKey;
  for (const auto& [name, text] : files) {
    if (name != "locked") {
      folder.write(name, text);
      continue;
    }
    categories::PartWriter part{kKey};
    part.host(text, 1);
    const auto bytes = part.write("digest", categories::ListFormat::domains, 0, 0, {}, {});
    const std::string_view text_of{reinterpret_cast<const char*>(bytes.data()), bytes.size()};
    options.locked = {{"iwf", "child-abuse", folder.write("iwf.part", text_of)}};
  }
  categories::Diagnostics diagnostics;
  const auto policy = PolicyFile::parse(kPolicy, folder.path() / "policy.toml", diagnostics);
  if (!policy) throw std::runtime_error(shown(diagnostics).front());
  categories::BuildReport report;
  categories::CatalogueBuilder builder{policy->sources(), options};
  auto image = builder.read(report) ? builder.compile(report) : std::nullopt;
  if (!image) throw std::runtime_error(shown(report.diagnostics).front());
  const auto catalogue = *categories::Catalogue::from_image(std::move(*image));
  auto resolved = policy->resolve(*catalogue, diagnostics);
  if (!resolved) throw std::runtime_error(shown(diagnostics).front());
  return std::make_shared<const Snapshot>(Snapshot{catalogue, std::move(*resolved), {}});
}

const std::vector<std::string> kOwnHosts{"centre.test", "not a host"};

Rehearsal rehearse_lists(const Files& before, const Files& after, std::span<const Visits> visits = {}) {
  return rehearse({make(before), make(after), visits, {}, {}, kOwnHosts});
}

std::vector<std::string> objections(const Rehearsal& rehearsal) {
  std::vector<std::string> all;
  for (const auto& objection : rehearsal.objections)
    all.push_back(std::string{to_string(objection.kind)} + ": " + objection.message);
  EXPECT_EQ(rehearsal.may_be_accepted(),
            std::ranges::none_of(all, [](const auto& text) { return text.starts_with("floor: "); }));
  return all;
}

TEST(Rehearsal, ObjectsToWhatListsMayNotSay) {
  const struct {
    Files before;
    Files after;
    std::vector<std::string> expected;
  } table[] = {
      {{}, {}, {}},
      {{}, {{"feed/news/domains", "paper.test\n"}}, {}},
      // Essential hosts: listed by a feed, anew, in a category that is blocked for anybody at any time.
      {{},
       {{"feed/games/domains", "play.test\nlesson.test\n"}},
       {"essential: lesson.test, which is essential, is listed in games (feed/games/domains:2)"}},
      {{},
       {{"feed/phishing/domains", "portal.test\n"}},  // a parent takes all its children along
       {"essential: tool.portal.test, which is essential, is listed in phishing (feed/phishing/domains:1)"}},
      {{}, {{"feed/games/domains", "www.lesson.test\n"}}, {}},  // a child: the essential parent covers it
      {{}, {{"feed/games/domains", "other.portal.test\n"}}, {}},
      {{}, {{"feed/games/urls", "lesson.test/page\n"}}, {}},                                       // not the host
      {{}, {{"feed/news/domains", "lesson.test\n"}, {"feed/jobs/domains", "lesson.test\n"}}, {}},  // blocked for nobody
      {{}, {{"local/games/domains", "lesson.test\n"}}, {}},                                        // people know
      {{}, {{"feed/games/domains", "lesson.test\n"}, {"exceptions/domains", "lesson.test\n"}}, {}},
      {{{"feed/games/domains", "lesson.test\n"}}, {{"feed/games/domains", "a.test\nlesson.test\n"}}, {}},  // not new
      {{{"feed/news/domains", "lesson.test\n"}},
       {{"feed/news/domains", "lesson.test\n"}, {"feed/phishing/domains", "lesson.test\n"}},
       {"essential: lesson.test, which is essential, is listed in phishing (feed/phishing/domains:1)"}},
      // The centre's own hosts, also in the floor.
      {{},
       {{"feed/gambling/domains", "centre.test\n"}},
       {"own_host: centre.test, which is the centre's own, is listed in gambling (feed/gambling/domains:1)"}},
      {{{"feed/games/domains", "test.test\n"}},
       {{"feed/games/expressions", "^centre[.]test/\n"}},
       {"own_host: centre.test, which is the centre's own, is listed in games (feed/games/expressions:1)"}},
      // Categories.
      {{{"feed/news/domains", "paper.test\n"}}, {}, {"category_gone: the category news has lost its last entry"}},
      {{{"feed/news/domains", "paper.test\n"}}, {{"local/news/domains", "paper.test\n"}}, {}},  // somebody has entries
      {{{"local/news/domains", "paper.test\n"}}, {}, {}},  // people may empty theirs
      {{}, {{"feed/games/domains", "# none\n"}}, {"category_gone: the category games has lost its last entry"}},
      {{},
       {{"feed/gambling/domains", "# none\n"}, {"feed/phishing/domains", ""}},
       {"floor: the category gambling of the floor has lost its last entry",
        "category_gone: the category phishing has lost its last entry"}},
      {{{"feed/terrorism/domains", "terror.test\n"}},
       {},
       {"floor: the category terrorism of the floor has lost its last entry"}},
  };
  for (const auto& [before, after, expected] : table)
    EXPECT_THAT(objections(rehearse_lists(before, after)), ElementsAreArray(expected))
        << testing::PrintToString(before) << testing::PrintToString(after);
}

TEST(Rehearsal, HoldsAListToItsLimits) {
  const struct {
    std::uint64_t before;
    std::uint64_t after;
    ChangeLimits limits;
    std::string_view expected;
  } table[] = {
      {99, 0, {}, ""},
      {99, 100'000, {}, ""},
      {0, 5'000'000, {}, ""},
      {100, 70, {}, ""},
      {100, 69, {}, "shrunk: l shrinks from 100 to 69 entries, more than 30 %"},
      {100, 300, {}, ""},
      {100, 301, {}, "grown: l grows from 100 to 301 entries, more than 200 %"},
      {101, 71, {}, ""},
      {101, 70, {}, "shrunk: l shrinks from 101 to 70 entries, more than 30 %"},
      {5'000'000, 3'500'000, {}, ""},
      {5'000'000, 1, {}, "shrunk: l shrinks from 5000000 to 1 entry, more than 30 %"},
      {100, 99, {.shrink = 0, .grow = 0}, "shrunk: l shrinks from 100 to 99 entries, more than 0 %"},
      {100, 100, {.shrink = 0, .grow = 0}, ""},
      {100, 101, {.shrink = 0, .grow = 0}, "grown: l grows from 100 to 101 entries, more than 0 %"},
      {100, 0, {.shrink = 100, .grow = 0}, ""},
      {100, 0, {.shrink = 4'000'000'000, .grow = 4'000'000'000}, ""},
  };
  const auto snapshot = make({});
  for (const auto& [before, after, limits, expected] : table) {
    const ListChange change{"l", before, after, limits};
    EXPECT_EQ(testing::PrintToString(objections(rehearse({snapshot, snapshot, {}, {&change, 1}, {}, {}}))),
              expected.empty() ? "{}" : "{ \"" + std::string{expected} + "\" }")
        << before << ' ' << after;
  }
}

TEST(Rehearsal, ObjectsToASharedSuffixUnlessThatIsWhatTheCategoryIsAbout) {
  const auto snapshot = make({});
  const std::pair<std::string, bool> table[] = {
      {"phishing", true},        {"games", true},         {"dynamic-dns", false},  {"web-hosting", false},
      {"url-shorteners", false}, {"file-hosting", false}, {"cloud-storage", false}};
  for (const auto& [category, objects] : table) {
    const NewSharedSuffix suffix{"github.io", category, "feed/x:7"};
    EXPECT_EQ(objections(rehearse({snapshot, snapshot, {}, {}, {&suffix, 1}, {}})),
              objects
                  ? std::vector<std::string>{"public_suffix: github.io in " + category +
                                             " (feed/x:7) is a public suffix: it covers the sites of all its customers"}
                  : std::vector<std::string>{});
  }
}

TEST(Rehearsal, FeedsMayBlockATenthOfTheVisits) {
  const auto by_feed = [](std::uint64_t blocked, std::uint64_t all, const char* list = "feed/games/domains") {
    const Visits visits[] = {{"new.test", "learners", "session", blocked},
                             {"other.test", "learners", "session", all - blocked}};
    return objections(rehearse_lists({}, {{list, "play.test\nnew.test\n"}}, visits));
  };
  EXPECT_THAT(by_feed(49, 49), IsEmpty()) << "too few to say anything";
  EXPECT_THAT(by_feed(5, 50), IsEmpty());
  EXPECT_THAT(by_feed(6, 50), ElementsAre("visits: feeds would newly block 6 of 50 recent visits, more than 10 %"));
  EXPECT_THAT(by_feed(100, 1000), IsEmpty());
  EXPECT_THAT(by_feed(101, 1000),
              ElementsAre("visits: feeds would newly block 101 of 1000 recent visits, more than 10 %"));
  EXPECT_THAT(by_feed(1000, 1000, "local/games/domains"), IsEmpty()) << "people may";
}

TEST(Rehearsal, CountsWhatChangesForWhomAndWhen) {
  const Visits visits[] = {{"new.test", "learners", "session", 3},
                           {"www.new.test", "learners", "session", 4},
                           {"new.test", "learners", "closed", 100},  // the rule is for sessions
                           {"new.test", "staff", "", 100},           // and for learners
                           {"bait2.test", "learners", "session", 1},
                           {"bait2.test", "learners", "closed", 1},
                           {"old.test", "learners", "session", 5},
                           {"old.test", "staff", "", 5},
                           {"play.test", "learners", "session", 50},  // as before
                           {"lesson.test", "learners", "session", 7},
                           {"bets2.test", "staff", "", 2},
                           {"new.test", "gone", "session", 1000},  // no such group any more
                           {"no host", "learners", "session", 1000}};
  const auto rehearsal = rehearse_lists({{"feed/games/domains", "play.test\nold.test\n"}},
                                        {{"feed/games/domains", "play.test\nnew.test\nlesson.test\n"},
                                         {"feed/phishing/domains", "bait.test\nbait2.test\n"},
                                         {"feed/gambling/domains", "bets.test\nbets2.test\n"}},
                                        visits);
  EXPECT_THAT(rehearsal.lines(),
              ElementsAre("newly blocks 4 hosts in 11 visits; newly allows 1 host in 5 visits (of 278 recent visits)",
                          "  blocks www.new.test: games (feed/games/domains:2)",
                          "  blocks new.test: games (feed/games/domains:2)",
                          "  blocks bait2.test: phishing (feed/phishing/domains:2)",  // before the other by its name
                          "  blocks bets2.test: gambling (feed/gambling/domains:2)",
                          "  allows old.test: games (feed/games/domains:2)",
                          "lesson.test, which is essential, is listed in games (feed/games/domains:3)"));
}

TEST(Rehearsal, SaysHowManyEssentialHostsAreBlocked) {
  const Visits visits[] = {{"www.lesson.test", "staff", "", 2}, {"m.lesson.test", "staff", "", 1}};
  const auto blocks = [&](const char* hosts) {
    return rehearse_lists({}, {{"feed/gambling/domains", hosts}}, visits).lines()[0];
  };
  EXPECT_EQ(blocks("m.lesson.test\n"),
            "newly blocks 1 host in 1 visit, 1 is essential; newly allows 0 hosts (of 3 recent visits)");
  EXPECT_EQ(blocks("m.lesson.test\nwww.lesson.test\n"),
            "newly blocks 2 hosts in 3 visits, 2 are essential; newly allows 0 hosts (of 3 recent visits)");
}

TEST(Rehearsal, ShowsTheTenMostVisitedExamples) {
  std::vector<Visits> visits;
  std::string hosts = "play.test\n";
  for (std::uint64_t i = 1; i <= 12; ++i) {
    visits.push_back({"h" + std::to_string(i) + ".test", "learners", "session", i});
    hosts += visits.back().host + '\n';
  }
  const auto rehearsal = rehearse_lists({}, {{"local/games/domains", hosts}}, visits);
  EXPECT_EQ(rehearsal.newly_blocked.hosts, 12u);
  EXPECT_EQ(rehearsal.newly_blocked.visits, 78u);
  ASSERT_EQ(rehearsal.newly_blocked.examples.size(), 10u);
  EXPECT_EQ(rehearsal.newly_blocked.examples.front(), "h12.test: games (local/games/domains:13)");
  EXPECT_EQ(rehearsal.newly_blocked.examples.back(), "h3.test: games (local/games/domains:4)");
}

/// What a locked list holds is counted, not named: neither when it comes nor when it goes, also beside another list.
TEST(Rehearsal, NamesNothingOfALockedList) {
  const Visits visits[] = {{"secret.test", "learners", "closed", 1}, {"secret.test", "learners", "session", 1}};
  const Files locked{{"locked", "secret.test"}};
  const Files games{{"feed/games/domains", "secret.test\n"}};
  EXPECT_THAT(rehearse_lists({}, locked, visits).newly_blocked.examples, ElementsAre("(withheld): child-abuse (iwf)"));
  EXPECT_THAT(rehearse_lists(locked, games, visits).newly_allowed.examples,
              ElementsAre("(withheld): child-abuse (iwf)"));
}

TEST(Rehearsal, WhereNothingWasInForceOnlyTheListsThemselvesAreJudged) {
  const Visits visits[] = {{"play.test", "learners", "session", 1000}};
  const ListChange change{"l", 100, 0, {}};
  const NewSharedSuffix suffix{"github.io", "games", "l:1"};
  const auto after = make({{"feed/games/domains", "lesson.test\ncentre.test\n"}});
  const auto rehearsal = rehearse({nullptr, after, visits, {&change, 1}, {&suffix, 1}, kOwnHosts});
  EXPECT_EQ(rehearsal.visits, 0u);
  EXPECT_THAT(objections(rehearsal), ElementsAre(StartsWith("shrunk:"), StartsWith("public_suffix:"),
                                                 StartsWith("essential:"), StartsWith("own_host:")));
}

}  // namespace
}  // namespace breakwater::rules
