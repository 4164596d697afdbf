#include "proxy/selftest/plan.h"

#include <map>

#include <gmock/gmock.h>

#include "categories/canary.h"
#include "tests/rules/policy_fixture.h"

namespace breakwater::selftest {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

constexpr std::string_view kPolicy = R"(
[centre]
name = "Academy"
timezone = "Europe/London"
[lists]
local = "lists"
[[group]]
name = "learners"
networks = ["10.20.0.0/16"]
[[group]]
name = "staff"
networks = ["10.30.0.0/16"]
[floor]
categories = ["gambling", "adult"]
[concern]
hate = "warning"
cults = "notice"
drugs = "warning"
[safeguarding]
monitor = ["drugs"]
[essential]
hosts = ["needed.example", "192.0.2.7"]
)";

class PlanTest : public testing::Test {
 protected:
  PlanTest() {
    folder_.write("lists/gambling/domains", "bets.example\n");
    folder_.write("lists/games/domains", "games.example\n");
    folder_.write("lists/adult/domains", "pornhub.com\n");
    basis_.snapshot = rules::make_snapshot(folder_, kPolicy);
    for (const auto& list : basis_.snapshot->catalogue->lists())
      if (!categories::is_canary(list)) basis_.list_files.push_back(folder_.path() / "lists" / list.name.substr(6));
  }

  std::vector<Target> planned(const std::string& group = "") {
    std::mt19937_64 random(1);
    return plan(basis_, group, random);
  }
  std::vector<Target> of(Target::Kind kind, std::string_view category) {
    auto targets = planned();
    std::erase_if(targets, [&](const Target& one) { return one.kind != kind || one.category != category; });
    return targets;
  }

  test::TemporaryFolder folder_;
  Basis basis_;
};

TEST_F(PlanTest, ACanaryForEachCategoryOfFloorAndConcern) {
  using Expect = Target::Expect;
  const std::map<std::string_view, Expect> expected{
      {"terrorism", Expect::block}, {"child-abuse", Expect::block}, {"gambling", Expect::block},
      {"hate", Expect::block},      {"cults", Expect::either},      {"drugs", Expect::either},
      {"adult", Expect::block},
  };
  std::map<std::string, Expect> found;
  for (const auto& target : planned()) {
    if (target.kind != Target::Kind::canary) continue;
    EXPECT_EQ(categories::canary_host(target.category), target.host);
    EXPECT_THAT(target.groups, ElementsAre("learners", "staff"));
    EXPECT_EQ(3U, target.ways.size());
    found.emplace(target.category, target.expect);
  }
  for (const auto& [category, expect] : expected) {
    ASSERT_TRUE(found.contains(std::string(category))) << category;
    EXPECT_EQ(expect, found[std::string(category)]) << category;
  }
  EXPECT_FALSE(found.contains("games")) << "it is no concern";
}

TEST_F(PlanTest, SaysWhatNoListCovers) {
  EXPECT_EQ("", of(Target::Kind::canary, "gambling").front().gap);
  EXPECT_NE("", of(Target::Kind::canary, "hate").front().gap);
}

TEST_F(PlanTest, AnEntryOfEachListThatMatters) {
  const auto entry = of(Target::Kind::list_entry, "gambling");
  ASSERT_EQ(1U, entry.size());
  EXPECT_EQ("bets.example", entry.front().host);
  EXPECT_EQ("entry 1 of local/gambling/domains", entry.front().what);
  EXPECT_THAT(of(Target::Kind::list_entry, "games"), IsEmpty());
  basis_.list_files.clear();
  EXPECT_THAT(of(Target::Kind::list_entry, "gambling"), IsEmpty()) << "of a list whose file is not known";
}

TEST_F(PlanTest, TestPagesHaveToBeBlockedWhereAListNamesThem) {
  const auto known = of(Target::Kind::test_page, "adult");
  ASSERT_EQ(1U, known.size());
  EXPECT_EQ(Target::Expect::block, known.front().expect);
  EXPECT_EQ("", known.front().gap);
  const auto unknown = of(Target::Kind::test_page, "terrorism");
  ASSERT_EQ(1U, unknown.size());
  EXPECT_EQ(Target::Expect::either, unknown.front().expect);
  EXPECT_NE("", unknown.front().gap);
}

TEST_F(PlanTest, EssentialHostsHaveToOpen) {
  const auto hosts = of(Target::Kind::essential, "");
  ASSERT_EQ(2U, hosts.size());
  EXPECT_EQ("192.0.2.7", hosts[0].host);
  EXPECT_THAT(hosts[0].ways, ElementsAre(Way::http)) << "TLS names no address";
  EXPECT_EQ("needed.example", hosts[1].host);
  EXPECT_THAT(hosts[1].ways, ElementsAre(Way::http, Way::connect));
  EXPECT_EQ(Target::Expect::allow, hosts[1].expect);
}

TEST_F(PlanTest, WhatThePolicyNames) {
  basis_.named = {{"extra.example", "", {}, rules::Action::block, {1}},
                  {"", "hate", {}, rules::Action::allow, {1}},
                  {"", "cults", {}, rules::Action::block, {}}};
  const auto named = of(Target::Kind::named, "");
  ASSERT_EQ(1U, named.size());
  EXPECT_EQ("extra.example", named.front().host);
  EXPECT_THAT(named.front().groups, ElementsAre("staff"));
  std::vector<std::pair<std::string, Target::Expect>> hate;
  for (const auto& target : of(Target::Kind::canary, "hate"))
    hate.emplace_back(target.groups.front(), target.expect);
  EXPECT_THAT(hate, UnorderedElementsAre(std::pair("learners", Target::Expect::block),
                                         std::pair("staff", Target::Expect::allow)));
  EXPECT_EQ(Target::Expect::block, of(Target::Kind::canary, "cults").front().expect);
}

TEST_F(PlanTest, OneGroupAlone) {
  for (const auto& target : planned("staff"))
    EXPECT_THAT(target.groups, ElementsAre("staff"));
  EXPECT_THAT(planned("nobody"), IsEmpty());
}

}  // namespace
}  // namespace breakwater::selftest
