#include "proxy/safeguarding/case.h"

#include <array>

#include "tests/proxy/safeguarding/case_fixture.h"

namespace breakwater::safeguarding {
namespace {

using CaseTest = CaseFixture;
using std::chrono::minutes;

TEST_F(CaseTest, IsReadFromTheChain) {
  auto seen = episode("E-1", kStart);
  seen.attempts = 2;
  append(seen);
  seen.attempts = 5;
  seen.stage = Stage::grown;
  append(seen);
  append(to_entry("E-1", Access{kStart + minutes(9), "A. Lead", "alerted", "report", "P-4T9ZQX2C"}));
  auto about = only();
  EXPECT_EQ(about.episode.attempts, 5U);
  EXPECT_EQ(about.growth.size(), 2U);
  EXPECT_EQ(about.state(), CaseState::fresh) << "a report about all is no look at one";
  EXPECT_FALSE(about.first_look());

  append(to_entry("E-1", Access{kStart + minutes(10), "A. Lead", "alerted", std::string(kShown), "P-4T9ZQX2C"}));
  about = only();
  EXPECT_EQ(about.state(), CaseState::seen);
  EXPECT_EQ(about.first_look(), kStart + minutes(10));

  append(to_entry("E-1", Decision{kStart + minutes(20), CaseState::referred, "pattern", "Prevent", "A. Lead"}));
  append(to_entry("E-1", Hold{kStart + minutes(21), Hold::Turn::on, "A. Lead", "police"}));
  about = only();
  EXPECT_EQ(about.state(), CaseState::referred);
  EXPECT_EQ(about.decisions.front().reason, "sealed");
  EXPECT_EQ(about.decisions.front().outcome, "");
  EXPECT_EQ(about.decisions.front().by, "A. Lead");
  EXPECT_TRUE(about.held());
  append(to_entry("E-1", Hold{kStart + minutes(22), Hold::Turn::off, "A. Lead", "done"}));
  EXPECT_FALSE(only().held());
}

TEST_F(CaseTest, WhatPeopleWriteIsSealedAndOlderWordsStayReadable) {
  append(episode("E-1", kStart));
  append({kStart, Kind::decision, "E-1", R"({"state":"under review","reason":"old","outcome":"","by":"A"})", {}});
  append(to_entry("E-1", Decision{kStart, CaseState::seen, "", "", "B"}));
  append(to_entry("E-1", Decision{kStart, CaseState::referred, "Jo said so", "to the police", "C"}));
  EXPECT_FALSE(store_->each({.kinds = {Kind::decision}}, [](const Record& record) {
    EXPECT_EQ(record.body.value_or("").find("Jo"), std::string::npos);
  }));
  auto opener = holding_opener(state_);
  ASSERT_TRUE(opener);
  for (auto* with : {static_cast<Opener*>(nullptr), &*opener}) {
    const auto cases = read_cases(*store_, {}, with);
    ASSERT_TRUE(cases && cases->size() == 1 && cases->front().decisions.size() == 3);
    const auto& decisions = cases->front().decisions;
    EXPECT_EQ(decisions[0].reason, "old");
    EXPECT_EQ(decisions[1].reason, "") << "nothing was said";
    EXPECT_EQ(decisions[2].reason, with ? "Jo said so" : kSealedWords);
    EXPECT_EQ(decisions[2].outcome, with ? "to the police" : "");
  }
}

TEST_F(CaseTest, OfAReferenceOrATime) {
  for (const int hour : {0, 1, 2})
    append(episode("E-" + std::to_string(hour), kStart + std::chrono::hours(hour)));
  EXPECT_EQ(read_cases(*store_)->size(), 3U);
  EXPECT_EQ(read_cases(*store_, {.since = kStart + std::chrono::hours(1)})->size(), 2U);
  EXPECT_EQ(read_cases(*store_, {.until = kStart + std::chrono::hours(1)})->size(), 1U);
  EXPECT_EQ(read_cases(*store_, {.reference = "E-2"})->front().episode.reference, "E-2");
  EXPECT_TRUE(read_cases(*store_, {.reference = "E-9"})->empty());
}

TEST_F(CaseTest, RecordsThatMakeNoSenseAreNone) {
  append(episode("E-1", kStart));
  for (const std::string body : {R"({"state":"lost"})", R"({"state":7})", "{}"})
    append({kStart, Kind::decision, "E-1", body, {}});
  append({kStart, Kind::hold, "E-1", R"({"hold":"yes"})", {}});
  append({kStart, Kind::decision, "E-other", R"({"state":"seen"})", {}});
  append({kStart, Kind::episode, "E-2", R"({"reference":"E-2"})", {}});
  const auto about = only();
  EXPECT_TRUE(about.decisions.empty());
  EXPECT_TRUE(about.holds.empty());
}

TEST_F(CaseTest, DecisionsThatMakeNoSenseAreRefused) {
  struct Step {
    CaseState from;
    Decision decision;
    std::string_view why;
  };
  const auto decision = [](CaseState state, std::string reason, std::string outcome = {}, std::string by = "A. Lead") {
    return Decision{kStart, state, std::move(reason), std::move(outcome), std::move(by)};
  };
  using enum CaseState;
  const Step kSteps[] = {
      {fresh, decision(seen, ""), ""},
      {fresh, decision(no_further_action, "harmless"), ""},
      {fresh, decision(referred, "pattern", "police"), ""},
      {seen, decision(under_review, "asking the tutor"), ""},
      {under_review, decision(under_review, "asked once more"), ""},
      {no_further_action, decision(under_review, "new facts"), ""},
      {fresh, decision(seen, "", "", ""), "a decision needs who makes it"},
      {seen, decision(fresh, "again"), "nothing that was recorded becomes new again"},
      {seen, decision(seen, ""), "it is seen already"},
      {referred, decision(seen, ""), "it is referred already"},
      {no_further_action, decision(no_further_action, "x"), "it is closed already: no further action"},
      {seen, decision(under_review, ""), "\"under review\" needs a reason"},
      {seen, decision(no_further_action, ""), "\"no further action\" needs a reason"},
      {seen, decision(referred, "pattern"), "\"referred\" needs an outcome that says to whom"},
  };
  for (const auto& [from, wanted, why] : kSteps) {
    Case about;
    if (from != fresh) about.decisions = {decision(from, "before", "before")};
    EXPECT_EQ(refusal(about, wanted), why) << to_string(from) << " to " << to_string(wanted.state);
  }
}

TEST_F(CaseTest, HoldsThatMakeNoSenseAreRefused) {
  Case about;
  const Hold on{kStart, Hold::Turn::on, "A. Lead", "police"};
  const Hold off{kStart, Hold::Turn::off, "A. Lead", "done"};
  EXPECT_EQ(refusal(about, on), "");
  EXPECT_EQ(refusal(about, off), "it is not held");
  EXPECT_EQ(refusal(about, Hold{kStart, Hold::Turn::on, "A. Lead", ""}),
            "an evidence hold needs who asks for it, and a reason");
  about.holds = {on};
  EXPECT_EQ(refusal(about, on), "it is held already");
  EXPECT_EQ(refusal(about, off), "");
}

TEST(CaseState, Names) {
  for (const auto state :
       {CaseState::fresh, CaseState::seen, CaseState::under_review, CaseState::referred, CaseState::no_further_action})
    EXPECT_EQ(parse_case_state(to_string(state)), state);
  EXPECT_EQ(parse_case_state("New"), std::nullopt);
  EXPECT_EQ(case_states(), "seen, under review, referred, no further action");
}

}  // namespace
}  // namespace breakwater::safeguarding
