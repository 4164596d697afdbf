#include <cstdlib>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/rules/engine_fixture.h"

namespace breakwater::rules {
namespace {

using testing::ElementsAreArray;

class Resolve : public Centre {
 protected:
  std::vector<std::string> diagnose(std::string_view text) {
    categories::Diagnostics diagnostics;
    const auto file = PolicyFile::parse(text, folder_.path() / "policy.toml", diagnostics);
    EXPECT_TRUE(file);
    const auto resolved = file ? file->resolve(*snapshot_->catalogue, diagnostics) : std::nullopt;
    EXPECT_EQ(resolved.has_value(), !categories::has_errors(diagnostics));
    return shown(diagnostics);
  }
  categories::CategoryId id(std::string_view name) const { return *snapshot_->catalogue->categories().find(name); }
};

constexpr std::string_view kHead =
    "[centre]\nname = \"a\"\ntimezone = \"UTC\"\n[lists]\n[[group]]\nname = \"g\"\n";  // 6 lines

TEST_F(Resolve, UnknownCategoriesEachAtTheirPlace) {
  load(policy());
  EXPECT_THAT(diagnose(std::string(kHead) + R"([floor]
categories = ["adult", "gamblin",
  "nonsense"]
[concern]
weapon = "notice"
[[rule]]
name = "r"
allow = ["game"]
block = ["social-media/tik-tok"]
)"),
              ElementsAreArray({"8:24: error: unknown category \"gamblin\"; did you mean \"gambling\"?",
                                "9:3: error: unknown category \"nonsense\"",
                                "11:1: error: unknown category \"weapon\"; did you mean \"weapons\"?",
                                "14:10: error: unknown category \"game\"; did you mean \"games\"?",
                                "15:10: error: unknown category \"social-media/tik-tok\"; did you mean "
                                "\"social-media/tiktok\"?"}));
}

TEST_F(Resolve, EssentialMayNotBeInTheFloor) {
  load(policy());
  EXPECT_THAT(
      diagnose(std::string(kHead) + R"([floor]
categories = ["gambling", "weapons"]
[essential]
hosts = ["news.example", "www.BET365.com", "mixed.example", "grown.example",
  "terror.example"]
)"),
      ElementsAreArray(
          {"10:26: error: essential host www.bet365.com is in the floor: gambling (starter/gambling/domains:2)",
           "10:44: error: essential host mixed.example is in the floor: gambling (starter/gambling/domains:3)",
           "10:44: error: essential host mixed.example is in the floor: weapons (starter/weapons/domains:2)",
           "11:3: error: essential host terror.example is in the floor: terrorism (starter/terrorism/domains:2)"}));
}

TEST_F(Resolve, WarnsOfARuleThatAllowsTheFloor) {
  load(policy());
  EXPECT_THAT(diagnose(std::string(kHead) + "[[rule]]\nname = \"r\"\nallow = [\"games\", \"terrorism\"]\n"),
              ElementsAreArray({"9:19: warning: \"terrorism\" is in the floor: no rule allows it"}));
}

TEST_F(Resolve, FloorAndConcernCoverChildren) {
  load(std::string(kHead) + R"([[lists.feed]]
name = "starter"
path = "lists"
[floor]
categories = ["social-media", "ai-tools/gemini"]
[concern]
social-media = "notice"
"social-media/tiktok" = "danger"
child-abuse = "warning"
)");
  const auto& policy = snapshot_->policy;
  for (const auto* name : {"terrorism", "child-abuse", "social-media", "social-media/tiktok", "ai-tools/gemini"})
    EXPECT_TRUE(policy.floor.test(id(name))) << name;
  for (const auto* name : {"adult", "ai-tools", "ai-tools/chatgpt"})
    EXPECT_FALSE(policy.floor.test(id(name))) << name;
  EXPECT_EQ(policy.concern[id("social-media/reddit")], Concern::notice);
  EXPECT_EQ(policy.concern[id("social-media/tiktok")], Concern::danger);
  EXPECT_EQ(policy.concern[id("terrorism")], Concern::danger);
  EXPECT_EQ(policy.concern[id("child-abuse")], Concern::warning);
  EXPECT_EQ(policy.concern[id("adult")], Concern::none);
}

TEST_F(Resolve, TheFirstRuleThatNamesACategoryOrItsParentDecides) {
  load(std::string(kHead) + R"(timetable = "t"
[[lists.feed]]
name = "starter"
path = "lists"
[[timetable]]
name = "t"
outside = "closed"
[[timetable.period]]
name = "session"
days = ["Mon"]
times = ["09:00-10:00"]
[[rule]]
name = "a"
periods = ["session"]
block = ["social-media/tiktok"]
[[rule]]
name = "b"
allow = ["social-media/linkedin", "social-media/tiktok"]
block = ["social-media"]
[[rule]]
name = "c"
allow = ["social-media/reddit", "games"]
)");
  const auto says = [&](std::string_view period, std::string_view category) -> std::string {
    const auto* ruling = snapshot_->policy.ruling(0, period, id(category));
    return ruling ? std::string(to_string(ruling->action)) + ' ' + snapshot_->policy.rules[ruling->rule] : "";
  };
  EXPECT_EQ(says("session", "social-media/tiktok"), "block a");
  EXPECT_EQ(says("closed", "social-media/tiktok"), "allow b");
  EXPECT_EQ(says("session", "social-media"), "block b");
  EXPECT_EQ(says("session", "social-media/linkedin"), "allow b");
  EXPECT_EQ(says("closed", "social-media/reddit"), "block b");  // by its parent, before c names it
  EXPECT_EQ(says("closed", "games"), "allow c");
  EXPECT_EQ(says("closed", "adult"), "");
  EXPECT_EQ(says("nowhere", "games"), "");
  EXPECT_EQ(snapshot_->policy.ruling(kNoGroup, "closed", id("games")), nullptr);
}

TEST_F(Resolve, EssentialCoversSubdomainsAndOnlyThem) {
  load(policy());
  const auto essential = [&](std::string_view host) {
    return snapshot_->policy.is_essential(*categories::normalise_host(host, categories::HostSource::wire));
  };
  for (const auto* host : {"news.example", "a.b.news.example", "games-portal.example", "93.184.216.34"})
    EXPECT_TRUE(essential(host)) << host;
  for (const auto* host : {"example", "xnews.example", "93.184.216.35", "93.184.216.34.example"})
    EXPECT_FALSE(essential(host)) << host;
}

/// The agreed sample, beside which only the lists are made up.
TEST(SamplePolicy, Loads) {
  const auto* shared = std::getenv("BREAKWATER_SHARED");
  const auto sample = std::filesystem::path(shared ? shared : BREAKWATER_SOURCE_DIR "/../shared") / "policy.toml";
  std::ifstream stream(sample);
  if (!stream) GTEST_SKIP() << "there is no " << sample;
  const std::string text{std::istreambuf_iterator<char>(stream), {}};
  TemporaryFolder folder;
  folder.write("lists/ut1/agressif/domains", "extreme.example\n");
  folder.write("lists/ut1/social_networks/domains", "social.example\n");
  folder.write("lists/local/allow/domains", "samaritans.org\n");
  const auto snapshot = make_snapshot(folder, text);
  ASSERT_TRUE(snapshot);
  Engine engine(snapshot);
  const auto decide = [&](std::string_view address, std::string_view name, std::string_view when) {
    const auto host = *categories::normalise_host(name, categories::HostSource::wire);
    const auto parsed = *categories::IpAddress::parse(address);
    const auto verdict =
        engine.decide({Stage::connect, host, 443, ""}, {parsed, snapshot->policy.group_of(parsed), "", ""},
                      *parse_civil(when, *snapshot->policy.zone));
    return std::string(to_string(verdict.action)) + ' ' + std::string(to_string(verdict.reason)) + ' ' +
           std::string(verdict.period) + ' ' + std::string(to_string(verdict.concern));
  };
  EXPECT_EQ(decide("10.20.0.1", "extreme.example", "2026-11-23T10:35"), "block floor break danger");
  EXPECT_EQ(decide("10.20.0.1", "social.example", "2026-11-23T10:00"), "block rule session none");
  EXPECT_EQ(decide("10.20.0.1", "social.example", "2026-11-23T10:35"), "allow rule break none");
  EXPECT_EQ(decide("10.30.0.1", "social.example", "2026-11-23T10:00"), "allow default working none");
  EXPECT_EQ(decide("10.40.0.1", "social.example", "2026-11-23T10:35"), "block unknown_client  none");
  EXPECT_EQ(decide("10.20.0.1", "www.teams.microsoft.com", "2026-12-25T10:35"), "allow essential closed none");
}

}  // namespace
}  // namespace breakwater::rules
