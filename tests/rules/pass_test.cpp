#include "rules/pass.h"

#include <set>

#include <gtest/gtest.h>

#include "rules/grant.h"
#include "tests/rules/engine_fixture.h"

namespace breakwater::rules {
namespace {

constexpr std::string_view kLearner = "10.20.1.2";
constexpr std::string_view kKiosk = "10.20.99.2";
constexpr std::string_view kSession = "2026-11-23T10:00";

class PassTest : public Centre {
 protected:
  PassTest() { load(policy()); }

  Pass pass(std::string id, std::string what, std::string_view from = "09:30", std::string_view until = "10:30",
            std::string group = "learners") const {
    const bool is_host = what.find('.') != std::string::npos;
    const auto on_the_day = [this](std::string_view clock) { return at("2026-11-23T" + std::string(clock)); };
    return {std::move(id),    std::move(group),  is_host ? "" : what, is_host ? what : "",
            on_the_day(from), on_the_day(until), "a tutor",           "a lesson"};
  }
  void put(std::vector<Pass> passes) {
    snapshot_ = with_passes(*snapshot_, std::move(passes));
    engine_ = std::make_unique<Engine>(snapshot_);
  }
  /// "allow pass P1 10:30"
  std::string brief(const Verdict& verdict) const {
    std::string text(to_string(verdict.action));
    text += ' ' + std::string(to_string(verdict.reason));
    if (!verdict.pass.empty()) text += ' ' + std::string(verdict.pass);
    if (!verdict.rule.empty()) text += " '" + std::string(verdict.rule) + '\'';
    return text + ' ' + (verdict.until ? civil(verdict.until).substr(11) : "-");
  }
};

TEST_F(PassTest, OpensWhatItNamesAndNothingAboveIt) {
  struct Case {
    std::vector<Pass> passes;
    std::string_view client;
    std::string_view target;
    std::string_view when;
    std::string expected;
  };
  const std::string private_use = "'private use in sessions'";
  const auto at_work = "block rule " + private_use + " 10:30";
  const Case table[] = {
      {{}, kLearner, "tiktok.com", kSession, at_work},
      {{pass("P1", "social-media")}, kLearner, "tiktok.com", kSession, "allow pass P1 10:30"},
      {{pass("P1", "social-media/tiktok")}, kLearner, "www.tiktok.com", kSession, "allow pass P1 10:30"},
      {{pass("P1", "social-media/linkedin")}, kLearner, "tiktok.com", kSession, at_work},
      {{pass("P1", "tiktok.com")}, kLearner, "www.tiktok.com", kSession, "allow pass P1 10:30"},
      {{pass("P1", "www.tiktok.com")}, kLearner, "tiktok.com", kSession, at_work},
      {{pass("P1", "ok.com")}, kLearner, "tiktok.com", kSession, at_work},
      // Another group's, and one for the kiosk, whose default blocks.
      {{pass("P1", "games", "09:30", "10:30", "staff")}, kLearner, "games.example", kSession, at_work},
      {{pass("P1", "games", "09:30", "10:30", "kiosk")}, kKiosk, "games.example", kSession, "allow pass P1 10:30"},
      {{pass("P1", "unknown.example", "09:30", "10:30", "kiosk")},
       kKiosk,
       "unknown.example",
       kSession,
       "allow pass P1 10:30"},
      {{pass("P1", "games", "09:30", "10:30", "kiosk")}, kKiosk, "unknown.example", kSession, "block default -"},
      // In two blocked categories: both must be lifted, or the host.
      {{pass("P1", "games")}, kLearner, "both.example", kSession, "block rule 'never chat' 10:30"},
      {{pass("P1", "chat")}, kLearner, "both.example", kSession, at_work},
      {{pass("P1", "chat"), pass("P2", "games")}, kLearner, "both.example", kSession, "allow pass P1 10:30"},
      {{pass("P1", "both.example")}, kLearner, "both.example", kSession, "allow pass P1 10:30"},
      // Not used where nothing blocks.
      {{pass("P1", "jobs")}, kLearner, "linkedin.com", kSession, "allow rule " + private_use + " 10:30"},
      {{pass("P1", "allowed.games.example")}, kLearner, "allowed.games.example", kSession, "allow allow_list 10:30"},
      {{pass("P1", "news.example")}, kLearner, "news.example", kSession, "allow essential -"},
      // A local list blocks in spite of the local allow list.
      {{pass("P1", "games")}, kLearner, "local-games.example", kSession, "allow pass P1 10:30"},
      // Never above the floor and the refusals.
      {{pass("P1", "gambling"), pass("P2", "bet365.com")}, kLearner, "bet365.com", kSession, "block floor -"},
      {{pass("P1", "games"), pass("P2", "mixed.example")}, kLearner, "mixed.example", kSession, "block floor -"},
      {{pass("P1", "10.0.0.1")}, kLearner, "10.0.0.1", kSession, "block private_destination -"},
      {{pass("P1", "games.example")}, "172.16.0.1", "games.example", kSession, "block unknown_client -"},
      // Before, at its ends, after; a bell first.
      {{pass("P1", "games", "10:05")}, kLearner, "games.example", kSession, "block rule " + private_use + " 10:05"},
      {{pass("P1", "games", "10:05")}, kLearner, "games.example", "2026-11-23T10:05", "allow pass P1 10:30"},
      {{pass("P1", "games", "09:30", "10:10")}, kLearner, "games.example", kSession, "allow pass P1 10:10"},
      {{pass("P1", "games", "09:30", "10:10")}, kLearner, "games.example", "2026-11-23T10:10", at_work},
      {{pass("P1", "games", "09:30", "11:30")}, kLearner, "games.example", kSession, "allow pass P1 10:30"},
      // One takes over from the other; one that changes nothing has no edge.
      {{pass("P1", "games", "09:30", "10:10"), pass("P2", "games.example", "10:05", "10:20")},
       kLearner,
       "games.example",
       kSession,
       "allow pass P1 10:05"},
      {{pass("P1", "games", "09:30", "10:20"), pass("P2", "games", "09:30", "10:10")},
       kLearner,
       "games.example",
       kSession,
       "allow pass P1 10:20"},
      {{pass("P1", "games", "09:30", "10:10"), pass("P2", "games", "09:30", "10:20")},
       kLearner,
       "games.example",
       kSession,
       "allow pass P1 10:10"},
  };
  const auto bare = snapshot_;
  for (const auto& each : table) {
    snapshot_ = bare;
    put(each.passes);
    const auto verdict = decide(each.client, each.target, each.when);
    EXPECT_EQ(brief(verdict), each.expected) << each.target << " at " << each.when;
    // Rehearsals and explanations know no pass.
    const auto host = *categories::normalise_host(each.target, categories::HostSource::wire);
    const auto in = engine_->decide_in(verdict.period, {Stage::hello, host, 443, ""}, subject(each.client).group);
    EXPECT_NE(in.reason, Reason::pass);
  }
}

TEST_F(PassTest, TheEntryThatWasLiftedIsNamed) {
  put({pass("P1", "social-media")});
  EXPECT_EQ(line(decide(kLearner, "tiktok.com", kSession)),
            "allow pass [social-media/tiktok] starter/social-media/tiktok/domains:1||learners/session|2026-11-23T10:30|"
            "warning social-media/tiktok starter/social-media/tiktok/domains:1");
}

/// Over every minute of a morning with many passes: within `until` the verdict stays, at it another holds.
TEST_F(PassTest, UntilIsExact) {
  put({pass("A", "games", "09:10", "09:40"), pass("B", "games.example", "09:20", "09:25"),
       pass("C", "chat", "09:30", "10:50"), pass("D", "both.example", "09:50", "10:00"),
       pass("E", "games", "09:35", "10:05"), pass("F", "games", "10:05", "10:05"),
       pass("G", "chat", "10:50", "11:00")});
  std::set<std::string> seen;
  for (const std::string_view target : {"games.example", "both.example", "chat.example", "unknown.example"}) {
    for (auto when = at("2026-11-23T09:00"); when < at("2026-11-23T12:00");) {
      const auto host = *categories::normalise_host(target, categories::HostSource::wire);
      const auto say = [&](SysSeconds then) {
        return line(engine_->decide({Stage::hello, host, 443, ""}, subject(kLearner), then)) +
               std::string(engine_->decide({Stage::hello, host, 443, ""}, subject(kLearner), then).pass);
      };
      const auto verdict = engine_->decide({Stage::hello, host, 443, ""}, subject(kLearner), when);
      ASSERT_TRUE(verdict.until);
      for (auto then = when; then < *verdict.until; then += std::chrono::seconds(30))
        ASSERT_EQ(say(then), say(when)) << target << ' ' << civil(then);
      ASSERT_NE(say(*verdict.until), say(when)) << target << ' ' << civil(when);
      seen.insert(std::string(verdict.pass));
      when = *verdict.until;
    }
  }
  EXPECT_EQ(seen, (std::set<std::string>{"", "A", "B", "C", "D", "E"}));
}

TEST_F(PassTest, ItsEdgesAreBells) {
  put({pass("P1", "games", "10:05", "10:20"), pass("P2", "chat", "09:30", "10:10")});
  for (const auto& [when, next] : {std::pair("10:00", "10:05"), std::pair("10:05", "10:10"),
                                   std::pair("10:10", "10:20"), std::pair("10:20", "10:30")})
    EXPECT_EQ(civil(engine_->next_bell(at("2026-11-23T" + std::string(when)))), "2026-11-23T" + std::string(next));
}

TEST_F(PassTest, Grants) {
  const auto ask = [this](GrantRequest request, std::string_view when = kSession) {
    const auto made = make_pass(request, *engine_, at(when));
    return made ? made->category + made->host + ' ' + civil(made->until) : made.error().why;
  };
  const GrantRequest good{"learners", "games", "", "bell", "a tutor", "a lesson"};
  const auto with = [&good](std::string GrantRequest::*member, std::string value) {
    auto request = good;
    request.*member = std::move(value);
    return request;
  };
  auto host = with(&GrantRequest::category, "");
  const auto of_host = [&host](std::string name) {
    host.host = std::move(name);
    return host;
  };
  EXPECT_EQ(ask(good), "games 2026-11-23T10:30");
  EXPECT_EQ(ask(of_host("M\xc3\xbcnchen.Example.")), "xn--mnchen-3ya.example 2026-11-23T10:30");
  EXPECT_EQ(ask(with(&GrantRequest::until, "10:15")), "games 2026-11-23T10:15");
  EXPECT_EQ(ask(with(&GrantRequest::until, "2026-11-23T10:15")), "games 2026-11-23T10:15");
  EXPECT_EQ(ask(with(&GrantRequest::until, "11:30")), "games 2026-11-23T10:30");  // the bell comes first
  EXPECT_EQ(ask(good, "2026-11-28T10:00"), "no bell rings for \"learners\" within 24 hours: give a time");
  const std::pair<GrantRequest, std::string_view> refused[] = {
      {with(&GrantRequest::group, "learner"), "there is no group \"learner\"; did you mean \"learners\"?"},
      {with(&GrantRequest::category, "gamse"), "there is no category \"gamse\"; did you mean \"games\"?"},
      {with(&GrantRequest::category, "gambling"), "\"gambling\" is in the floor, which no pass lifts"},
      {with(&GrantRequest::category, "terrorism"), "\"terrorism\" is in the floor, which no pass lifts"},
      {with(&GrantRequest::category, ""), "a pass is for a category or for a host"},
      {with(&GrantRequest::host, "games.example"), "a pass is for a category or for a host"},
      {of_host("www.bet365.com"), "\"www.bet365.com\" is in the floor, which no pass lifts"},
      {of_host("10.0.0.1"), "\"10.0.0.1\" is refused whatever it is (address_literal)"},
      {of_host("a b"), "\"a b\" is no host: the host has a character that does not belong there"},
      {with(&GrantRequest::by, ""), "a pass needs the name of who grants it"},
      {with(&GrantRequest::reason, "  "), "a pass needs a reason"},
      {with(&GrantRequest::reason, "a\nb"), "a pass needs a reason without control characters"},
      {with(&GrantRequest::reason, std::string(201, 'x')), "a pass needs a reason of at most 200 bytes"},
      {with(&GrantRequest::until, "soon"), "\"soon\" is neither \"bell\" nor a time, as 11:30 or 2026-11-23T11:30"},
      {with(&GrantRequest::until, ""), "\"\" is neither \"bell\" nor a time, as 11:30 or 2026-11-23T11:30"},
      {with(&GrantRequest::until, "10:00"), "\"10:00\" is past"},
      {with(&GrantRequest::until, "2026-11-24T10:01"), "a pass lasts 24 hours at most"},
  };
  for (const auto& [request, why] : refused)
    EXPECT_EQ(ask(request), why);
}

}  // namespace
}  // namespace breakwater::rules
