#include <set>

#include <gtest/gtest.h>

#include "tests/rules/engine_fixture.h"

namespace breakwater::rules {
namespace {

/// decide() and decide_in() are one judgement: over a week and a day every group, period and kind of target gives the
/// same verdict, but for the bell.
TEST_F(Centre, DecideInAgreesWithDecide) {
  folder_.write("local/recategorise/jobs/domains", "games.example\n");
  load(policy());
  std::set<std::string> seen;
  for (const auto* client : {"10.20.1.2", "10.20.99.2", "10.30.1.2", "172.16.0.1"}) {
    const auto who = subject(client);
    for (auto when = at("2026-12-14T00:00"); when < at("2026-12-22T00:00"); when += std::chrono::minutes{45}) {
      for (const std::string_view target :
           {"tiktok.com", "linkedin.com", "both.example", "games.example", "files.example/guns", "news.example",
            "allowed.games.example", "local-games.example", "bet365.com", "terror.example", "unknown.example",
            "play7.example", "10.0.0.1"}) {
        for (const auto stage : {Stage::http_request, Stage::connect, Stage::hello}) {
          const auto slash = std::min(target.find('/'), target.size());
          const auto host = *categories::normalise_host(target.substr(0, slash), categories::HostSource::wire);
          const Facts facts{stage, host, 443, stage == Stage::http_request ? target.substr(slash) : ""};
          auto expected = engine_->decide(facts, who, when);
          expected.until.reset();
          ASSERT_EQ(line(engine_->decide_in(expected.period, facts, who.group)), line(expected)) << client << target;
          seen.insert(std::string(expected.group) + '/' + std::string(expected.period));
        }
      }
    }
  }
  std::set<std::string> all{"/"};
  for (GroupId group = 0; group < snapshot_->policy.groups.size(); ++group)
    for (const auto period : snapshot_->policy.periods(group))
      all.insert(snapshot_->policy.groups[group].name + '/' + std::string(period));
  EXPECT_EQ(seen, all);
}

TEST_F(Centre, DecideInAPeriodThatIsNoneGivesTheDefault) {
  load(policy());
  const auto host = *categories::normalise_host("tiktok.com", categories::HostSource::wire);
  EXPECT_EQ(line(engine_->decide_in("nonsense", {Stage::hello, host, 443, ""}, 0)).substr(0, 13), "allow default");
}

}  // namespace
}  // namespace breakwater::rules
