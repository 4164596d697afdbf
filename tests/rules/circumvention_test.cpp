#include "rules/circumvention.h"

#include <gmock/gmock.h>

#include "tests/rules/engine_fixture.h"
#include "tests/rules/policy_parse_fixture.h"

namespace breakwater::rules {
namespace {

using testing::ElementsAreArray;

constexpr std::string_view kSession = "2026-11-23T09:30";

class CircumventionOf : public Centre {
 protected:
  void SetUp() override { load(policy() + "[circumvention]\nallow = [\"ssh\", \"silent\"]\ngroups = [\"staff\"]\n"); }
  std::string of(std::string_view target, Stage stage = Stage::http_request, std::string_view client = "10.20.0.2") {
    const auto verdict = decide(client, target, kSession, stage);
    return line(verdict) + (verdict.carried_by.empty() ? "" : " <- ") + std::string(verdict.carried_by);
  }
};

TEST_F(CircumventionOf, WhatAUrlCarriesIsJudgedToo) {
  EXPECT_THAT(of("web.archive.org/web/2024/http://bet365.com/"),
              testing::StartsWith("block floor [gambling] starter/gambling/domains:2|"));
  EXPECT_THAT(of("web.archive.org/web/2024/http://bet365.com/"), testing::EndsWith(" <- a site in an archive"));
  EXPECT_THAT(of("bet365-com.translate.goog", Stage::connect), testing::StartsWith("block floor [gambling]"));
  EXPECT_THAT(of("r.jina.ai/http://games.example/"), testing::StartsWith("block rule [games]"));
  EXPECT_THAT(of("r.jina.ai/http://files.example/guns/x"), testing::HasSubstr("|warning weapons "));
  EXPECT_THAT(of("12ft.io/https://r.jina.ai/http://bet365.com"), testing::StartsWith("block floor [gambling]"));
  EXPECT_THAT(of("12ft.io/12ft.io/12ft.io/12ft.io/open.example"),
              testing::StartsWith("block nested_proxy [circumvention/proxy]"));
  EXPECT_THAT(of("r.jina.ai/http://192.168.0.1/"), testing::StartsWith("block private_destination"));
  EXPECT_THAT(of("r.jina.ai/http://example.com/"), testing::StartsWith("allow default []"));
  EXPECT_THAT(of("r.jina.ai/http://example.com/", Stage::http_request, "10.20.99.2"),
              testing::HasSubstr("block default"));
}

TEST_F(CircumventionOf, TheStricterVerdictHolds) {
  folder_.write("lists/games/domains", "games.example\njina.ai\n");
  load(policy());
  EXPECT_THAT(of("r.jina.ai/http://open.example/"), testing::StartsWith("block rule [games]"));
  EXPECT_THAT(of("r.jina.ai/http://bet365.com/"), testing::StartsWith("block floor [gambling,games]"));
  EXPECT_THAT(of("r.jina.ai/http://tiktok.com/"), testing::HasSubstr("|warning social-media/tiktok "));
  // What is essential stays so, whatever it carries.
  load(policy().replace(policy().find("Games-Portal.example"), 20, "jina.ai"));
  EXPECT_THAT(of("r.jina.ai/http://bet365.com/"), testing::StartsWith("allow essential"));
}

TEST_F(CircumventionOf, AReasonHasItsCategory) {
  auto text = policy();
  text.replace(text.find("[concern]"), 9, "[concern]\ncircumvention = \"notice\"\n\"circumvention/vpn\" = \"warning\"");
  load(text);
  struct Case {
    Reason reason;
    std::string_view category;
    Concern concern;
  };
  constexpr Case kTable[] = {
      {Reason::openvpn, "circumvention/vpn", Concern::warning},
      {Reason::wireguard, "circumvention/vpn", Concern::warning},
      {Reason::socks, "circumvention/proxy", Concern::notice},
      {Reason::ssh, "circumvention", Concern::notice},
      {Reason::dot, "circumvention/doh", Concern::notice},
      {Reason::tor, "circumvention/tor", Concern::notice},
      {Reason::remote_desktop, "remote-control", Concern::none},
      {Reason::bittorrent, "piracy", Concern::none},
      {Reason::ech, "", Concern::none},
      {Reason::plain_http, "", Concern::none},
      {Reason::silent, "", Concern::none},
      {Reason::not_tls, "", Concern::none},
  };
  const auto& table = snapshot_->catalogue->categories();
  for (const auto& each : kTable) {
    const auto verdict = engine_->refuse(each.reason, subject("10.20.0.2"), at(kSession));
    EXPECT_EQ(verdict.action, Action::block);
    EXPECT_EQ(verdict.concern, each.concern) << to_string(each.reason);
    EXPECT_EQ(verdict.categories.count(), each.category.empty() ? 0U : 1U) << to_string(each.reason);
    if (!each.category.empty()) {
      EXPECT_TRUE(verdict.categories.test(*table.find(each.category))) << to_string(each.reason);
    }
  }
}

TEST_F(CircumventionOf, DnsOverTlsIsToldFromOtherPorts) {
  const auto at_port = [&](std::uint16_t port) {
    return std::string(to_string(decide("10.20.0.2", "dns.example", kSession, Stage::connect, port).reason));
  };
  EXPECT_EQ(at_port(853), "dot");
  EXPECT_EQ(at_port(8853), "port");
}

TEST_F(CircumventionOf, IsAllowedToSome) {
  const auto& policy = snapshot_->policy;
  const auto learners = *policy.find_group("learners");
  const auto staff = *policy.find_group("staff");
  EXPECT_TRUE(policy.circumvention.allows(Reason::ssh, staff));
  EXPECT_FALSE(policy.circumvention.allows(Reason::ssh, learners));
  EXPECT_FALSE(policy.circumvention.allows(Reason::socks, staff));
  EXPECT_FALSE(Circumvention().allows(Reason::ssh, staff));
  EXPECT_TRUE((Circumvention{{Reason::ssh}, {}}.allows(Reason::ssh, learners)));
}

TEST_F(PolicyParse, EachMistakeInCircumvention) {
  struct Case {
    std::string text;
    std::vector<std::string> expected;
  };
  const Case table[] = {
      {"[circumvention]\nallow = [\"ssh\", \"openvpn\"]", {}},
      {"[circumvention]\nallow = [\"shh\"]", {R"(2:10: error: allow: unknown kind "shh"; did you mean "ssh"?)"}},
      {"[circumvention]\nallow = [\"tor\"]", {R"(2:10: error: allow: unknown kind "tor")"}},
      {"[circumvention]\nallow = \"ssh\"", {"2:9: error: allow: expected an array of strings, found a string"}},
      {"[circumvention]\nallow = [\"ssh\"]\ngroups = [\"everyon\"]",
       {R"(3:11: error: unknown group "everyon"; did you mean "everyone"?)"}},
      {"[circumvention]\ngroups = [\"everyone\"]", {"1:1: error: [circumvention] has groups, but allows them nothing"}},
      {"[circumvention]\nalow = [\"ssh\"]",
       {R"(2:1: error: unknown key "alow" in [circumvention]; did you mean "allow"?)"}},
  };
  for (const auto& [text, expected] : table)
    EXPECT_THAT(diagnose(text + '\n' + std::string(kRest)), ElementsAreArray(expected)) << text;
}

}  // namespace
}  // namespace breakwater::rules
