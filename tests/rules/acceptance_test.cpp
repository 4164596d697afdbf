#include "rules/acceptance.h"

#include <gmock/gmock.h>

#include "tests/rules/engine_fixture.h"
#include "tests/rules/policy_parse_fixture.h"

namespace breakwater::rules {
namespace {

using testing::ElementsAreArray;

TEST_F(PolicyParse, AcceptanceIsReadWithItsMistakes) {
  folder_.write("en.txt", "Be kind.\n");
  struct Case {
    std::string text;
    std::vector<std::string> expected;
  };
  const Case table[] = {
      {"[acceptance]\nversion = \"1\"\nenglish = \"en.txt\"\n", {}},
      {"[acceptance]\nversion = \"1\"\nenglish = \"en.txt\"\nwelsh = \"en.txt\"\ngroups = [\"everyone\"]\n", {}},
      {"[acceptance]\n",
       {"1:1: error: [acceptance] lacks the key \"version\"", "1:1: error: [acceptance] lacks the key \"english\""}},
      {"[acceptance]\nversion = 1\nenglish = \"gone.txt\"\nwelsh = \"\"\n",
       {"2:11: error: version: expected a string, found an integer",
        "3:11: error: english: there is no file \"gone.txt\"", "4:9: error: welsh: \"\" is empty"}},
      {"[acceptance]\nversion = \"1\"\nenglish = \"en.txt\"\ngroups = []\ngroup = \"everyone\"\n",
       {"4:10: error: groups is empty", "5:1: error: unknown key \"group\" in [acceptance]; did you mean \"groups\"?"}},
      {"[acceptance]\nversion = \"1\"\nenglish = \"en.txt\"\ngroups = [\"evryone\"]\n",
       {"4:11: error: unknown group \"evryone\"; did you mean \"everyone\"?"}},
      {"[acceptence]\n", {"1:2: error: unknown key \"acceptence\" in the policy; did you mean \"acceptance\"?"}},
  };
  for (const auto& each : table)
    EXPECT_THAT(diagnose(each.text + std::string(kRest)), ElementsAreArray(each.expected)) << each.text;
}

TEST_F(Centre, WhoHasNotAcceptedOpensEssentialHostsAlone) {
  folder_.write("en.txt", "Be kind.\n");
  load("acceptance = {version = \"1\", english = \"en.txt\", groups = [\"learners\"]}\n" + policy());
  struct Case {
    std::string_view client;
    std::string_view host;
    Reason given;
    Reason missing;
  };
  const Case table[] = {
      {"10.20.1.2", "unknown.example", Reason::group_default, Reason::acceptance},
      {"10.20.1.2", "linkedin.com", Reason::rule, Reason::acceptance},  // allowed by a rule
      {"10.20.1.2", "open.example", Reason::allow_list, Reason::acceptance},
      {"10.20.1.2", "tiktok.com", Reason::rule, Reason::rule},  // blocked by one
      {"10.20.1.2", "news.example", Reason::essential, Reason::essential},
      {"10.20.1.2", "bet365.com", Reason::floor, Reason::floor},
      {"10.20.1.2", "10.1.1.1", Reason::private_destination, Reason::private_destination},
      {"10.30.1.2", "unknown.example", Reason::group_default, Reason::group_default},  // no group that is asked
      {"172.16.0.1", "unknown.example", Reason::unknown_client, Reason::unknown_client},
  };
  const auto now = at("2026-11-23T10:00");
  for (const auto& each : table) {
    SCOPED_TRACE(each.host);
    const auto host = *categories::normalise_host(each.host, categories::HostSource::wire);
    const Facts facts{Stage::http_request, host, 80, "/"};
    auto who = subject(each.client);
    const auto given = engine_->decide(facts, who, now);
    EXPECT_EQ(given.reason, each.given);
    who.acceptance = Acceptance::missing;
    const auto missing = engine_->decide(facts, who, now);
    EXPECT_EQ(missing.reason, each.missing);
    EXPECT_EQ(missing.until, given.until);
    EXPECT_EQ(engine_->opens_at(facts, who, now), engine_->opens_at(facts, subject(each.client), now));
    if (missing.reason != Reason::acceptance) continue;
    EXPECT_EQ(missing.action, Action::block);
    EXPECT_TRUE(missing.rule.empty() && missing.pass.empty() && missing.dial_as.empty() && !missing.because);
  }
}

TEST_F(Centre, WithoutTermsNothingNeedsAcceptance) {
  load(policy());
  auto who = subject("10.20.1.2");
  who.acceptance = Acceptance::missing;
  const auto host = *categories::normalise_host("unknown.example", categories::HostSource::wire);
  EXPECT_EQ(engine_->decide({Stage::connect, host, 443, ""}, who, at("2026-11-23T10:00")).action, Action::allow);
}

}  // namespace
}  // namespace breakwater::rules
