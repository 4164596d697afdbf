#include "proxy/safeguarding/episodes.h"

#include <gmock/gmock.h>

#include "tests/proxy/safeguarding/attempt_trace.h"

namespace breakwater::safeguarding {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

rules::Safeguarding rules_of(std::uint32_t threshold = 1, std::chrono::milliseconds window = 1h) {
  rules::Safeguarding rules;
  rules.themes.push_back({"drugs", {}, threshold, window});
  return rules;
}

/// "opened 3" for each event: the stage and the attempts.
std::vector<std::string> shown(const Episodes::Events& events) {
  std::vector<std::string> lines;
  for (const auto& event : events)
    lines.push_back(std::string(to_string(event.episode.stage)) + ' ' + std::to_string(event.episode.attempts));
  return lines;
}

class EpisodesTest : public ::testing::Test {
 protected:
  Attempt add(const Attempt& attempt) {
    episodes_.add(attempt, events_);
    return attempt;
  }
  void advance(std::chrono::milliseconds when) { episodes_.advance(kTen + when, events_); }
  const Episode& last() const { return events_.back().episode; }

  Episodes episodes_{rules_of()};
  Episodes::Events events_;
};

TEST_F(EpisodesTest, FiftyOneAttemptsInTwelveMinutesAreOne) {
  const auto first = add(attempt_at(0s));
  for (int i = 1; i < 51; ++i)
    add(attempt_at(i * 14s + i % 4 * 3s, "host " + std::to_string(i * i % 13)));
  // By the third it is a person; else it is told as the number doubles.
  std::vector<std::string> told{"opened 1", "grown 2", "grown 3", "grown 4", "grown 8", "grown 16", "grown 32"};
  EXPECT_EQ(shown(events_), told);
  advance(706s + 15min);
  EXPECT_EQ(shown(events_), told);
  advance(706s + 15min + 1ms);
  told.emplace_back("closed 51");
  EXPECT_EQ(shown(events_), told);
  EXPECT_EQ(last().reference, "E-" + first.id);
  EXPECT_EQ(last().pseudonym, first.pseudonym);
  EXPECT_EQ(last().first, kTen);
  EXPECT_EQ(last().last, kTen + 706s);
  EXPECT_EQ(last().distinct_hosts, 8u);
  EXPECT_EQ(last().origin, Origin::person);
  EXPECT_EQ(last().group, "learners");
  EXPECT_THAT(last().categories, ElementsAre("drugs"));
  EXPECT_EQ(events_.back().names.client, "10.20.1.2");
  EXPECT_EQ(events_.back().names.hosts.size(), 8u);
  EXPECT_EQ(episodes_.open(), 0u);
  EXPECT_EQ(episodes_.name_bytes(), 0u);
}

TEST_F(EpisodesTest, PeopleAndThemesAreApart) {
  add(attempt_at(0s));
  auto other = attempt_at(1s);
  other.pseudonym = "P-00000000";
  add(other);
  auto theme = attempt_at(2s);
  theme.theme = "grooming";
  add(theme);
  EXPECT_THAT(shown(events_), ElementsAre("opened 1", "opened 1", "opened 1"));
  EXPECT_EQ(episodes_.open(), 3u);
}

TEST_F(EpisodesTest, APauseBeginsAnother) {
  const auto first = add(attempt_at(0s));
  add(attempt_at(15min));
  const auto second = add(attempt_at(30min + 1ms));
  EXPECT_THAT(shown(events_), ElementsAre("opened 1", "grown 2", "closed 2", "opened 1"));
  EXPECT_EQ(last().reference, "E-" + second.id);
}

TEST_F(EpisodesTest, ALesserThemeNeedsSeveralWithinItsWindow) {
  episodes_ = Episodes(rules_of(3, 10min));
  const auto first = add(attempt_at(0s));
  add(attempt_at(6min));
  add(attempt_at(12min));
  EXPECT_THAT(events_, IsEmpty()) << "three within more than ten minutes";
  const auto fourth = add(attempt_at(15min));
  ASSERT_THAT(shown(events_), ElementsAre("opened 4"));
  EXPECT_EQ(last().reference, "E-" + first.id);
  EXPECT_EQ(last().through, fourth.id);
  EXPECT_EQ(events_.back().names.hosts.size(), 1u);

  events_.clear();
  advance(2h);
  EXPECT_THAT(shown(events_), ElementsAre("closed 4"));
  events_.clear();
  add(attempt_at(3h));
  add(attempt_at(3h + 1s));
  advance(6h);
  EXPECT_THAT(events_, IsEmpty()) << "two are not told";
  EXPECT_EQ(episodes_.open(), 0u);
}

TEST_F(EpisodesTest, OneOfDangerIsTold) {
  episodes_ = Episodes(rules_of(100));
  auto danger = attempt_at(0s);
  danger.concern = "danger";
  add(danger);
  EXPECT_THAT(shown(events_), ElementsAre("opened 1"));
  EXPECT_EQ(last().severity, rules::Concern::danger);
}

TEST_F(EpisodesTest, GrowsWithSeverityAndSurenessOnce) {
  add(attempt_at(0s));
  auto graver = attempt_at(1s);
  graver.concern = "warning";
  graver.category = "alcohol-tobacco";
  add(graver);
  EXPECT_THAT(shown(events_), ElementsAre("opened 1", "grown 2"));
  EXPECT_EQ(last().severity, rules::Concern::warning);
  EXPECT_THAT(last().categories, ElementsAre("alcohol-tobacco", "drugs"));
  auto surer = attempt_at(2s);
  surer.confidence = "device";
  surer.owner = "pool laptop";
  surer.device = "tablet-7";
  add(surer);
  EXPECT_EQ(last().confidence, rules::Confidence::device);
  EXPECT_EQ(last().owner, "pool laptop");
  EXPECT_EQ(events_.back().names.device, "tablet-7");
  auto person = attempt_at(3s);
  person.approach = "search";
  person.search = "words";
  add(person);
  EXPECT_EQ(last().origin, Origin::person);
  EXPECT_THAT(events_.back().names.searches, ElementsAre("words"));
  add(surer);
  add(graver);
  add(person);
  EXPECT_THAT(shown(events_), ElementsAre("opened 1", "grown 2", "grown 3", "grown 4"));
  EXPECT_EQ(last().severity, rules::Concern::warning);
}

TEST_F(EpisodesTest, WhatIsOnlyWatchedIsCounted) {
  auto watched = attempt_at(0s);
  watched.action = "allow";
  add(watched);
  EXPECT_EQ(last().allowed, 1u);
}

TEST_F(EpisodesTest, WhatNeverEndsIsToldAnewEachDay) {
  for (auto when = 0min; when <= 48h; when += 10min)
    add(attempt_at(when));
  std::vector<std::string> lines;
  for (const auto& line : shown(events_))
    if (!line.starts_with("grown")) lines.push_back(line);
  EXPECT_THAT(lines, ElementsAre("opened 1", "closed 144", "opened 1", "closed 144", "opened 1"));
}

TEST_F(EpisodesTest, AClockThatGoesBackEndsNothing) {
  const auto first = add(attempt_at(0s));
  add(attempt_at(10s));
  add(attempt_at(-1h));  // the clock was set back
  EXPECT_EQ(episodes_.open(), 1u);
  advance(-50min);
  EXPECT_EQ(episodes_.open(), 1u);
  add(attempt_at(-46min));
  advance(-31min);
  EXPECT_EQ(episodes_.open(), 1u);
  advance(-30min);
  ASSERT_THAT(shown(events_).back(), "closed 4") << "its gap is over by the clock as it is now";
  EXPECT_EQ(last().reference, "E-" + first.id);
  EXPECT_EQ(last().first, kTen - 1h);
  EXPECT_EQ(last().last, kTen + 10s);
}

TEST_F(EpisodesTest, WhatIsRecordedLateCountsAtOnce) {
  add(attempt_at(0s));
  for (int i = 1; i < 1000; ++i)  // of two connections in turn, one of which is 20 s behind
    add(attempt_at(i % 2 * 20s + i * 1ms));
  advance(15min + 20s);
  EXPECT_EQ(episodes_.open(), 1u);
  advance(15min + 22s);
  EXPECT_EQ(episodes_.open(), 0u);
}

TEST_F(EpisodesTest, AnotherPolicyHoldsFromThenOn) {
  add(attempt_at(0s));
  auto rules = rules_of(2);
  rules.episode_gap = 1min;
  episodes_.use(rules);
  advance(61s);
  EXPECT_EQ(episodes_.open(), 0u);
  add(attempt_at(62s));
  EXPECT_EQ(shown(events_).back(), "closed 1");
}

TEST_F(EpisodesTest, AMillionOfOneDeviceCountAndNothingGrows) {
  for (int i = 0; i < 1'000'000; ++i) {
    auto attempt = attempt_at(i * 1ms, "host " + std::to_string(i % 5000));
    attempt.url = "http://" + attempt.host + "/" + std::string(2000, 'x');
    add(attempt);
  }
  EXPECT_EQ(events_.size(), 20u);  // the last at 2^19
  EXPECT_EQ(shown(events_).back(), "grown 524288");
  EXPECT_EQ(last().distinct_hosts, Signals::kCountedHosts);
  EXPECT_EQ(events_.back().names.hosts.size(), Episodes::kMostHosts);
  EXPECT_EQ(events_.back().names.urls.size(), Episodes::kMostTexts);
  EXPECT_LE(events_.back().names.urls[0].size(), Episodes::kTextBytes);
}

TEST_F(EpisodesTest, AHundredThousandDevicesEndTheOldestEarly) {
  for (int i = 0; i < 100'000; ++i) {
    auto attempt = attempt_at(i * 1ms);
    attempt.pseudonym = "P-" + std::to_string(i);
    add(attempt);
    if (events_.size() > 100) events_.erase(events_.begin(), events_.end() - 2);
  }
  EXPECT_EQ(episodes_.open(), Episodes::Limits().open);
  ASSERT_EQ(shown(events_).back(), "opened 1");
  const auto& ended = events_[events_.size() - 2].episode;
  EXPECT_EQ(ended.stage, Stage::closed);
  EXPECT_EQ(ended.pseudonym, "P-" + std::to_string(99'999 - Episodes::Limits().open));
  EXPECT_EQ(ended.signals.back(), "It was closed early, because too many episodes went on at once.");
}

TEST_F(EpisodesTest, NamesInAllAreBounded) {
  episodes_ = Episodes(rules_of(), {.open = 10, .name_bytes = 100});
  for (int i = 0; i < 20; ++i) {
    auto attempt = attempt_at(i * 1s, std::string(40, static_cast<char>('a' + i)));
    attempt.pseudonym = std::to_string(i % 2);
    add(attempt);
  }
  EXPECT_LT(episodes_.name_bytes(), 100u + 60u);
  advance(1h);
  EXPECT_EQ(last().attempts, 10u);
  EXPECT_EQ(episodes_.name_bytes(), 0u);
}

TEST_F(EpisodesTest, WhatIsNotOpenGoesFirst) {
  episodes_ = Episodes(rules_of(2), {.open = 2});
  add(attempt_at(0s));
  add(attempt_at(1s));
  for (int i = 0; i < 10; ++i) {
    auto attempt = attempt_at(2s + i * 1s);
    attempt.pseudonym = std::to_string(i);
    add(attempt);
  }
  EXPECT_THAT(shown(events_), ElementsAre("opened 2"));
}

TEST_F(EpisodesTest, TheGradeSaysWhatIsKnownHowSurelyAndWhatIsNot) {
  struct Case {
    std::string confidence, owner, method, action;
    Grade expected;
  };
  const std::string not_opened =
      "1 request for 1 site in the lists for drugs. All were stopped: nothing of these sites was shown.";
  const std::string pages =
      "Which pages were asked for: of an encrypted connection the gateway sees the site's name alone. ";
  const std::string unclear = " Whether it was a person at all, or a program or a part of a page.";
  const std::string meant = "Why it was asked for, and whether it was meant.";
  const Case table[] = {
      {"network",
       "",
       "CONNECT",
       "block",
       {not_opened,
        "Not sure: only the address in the network is known. Neither the device nor the person is, and an address can "
        "pass "
        "from one device to another.",
        pages + meant + unclear}},
      {"device",
       "pool laptop",
       "CONNECT",
       "allow",
       {"1 request for 1 site in the lists for drugs. None was stopped: the policy allows these sites and has them "
        "watched.",
        "Sure as to the device, a pool laptop of the centre. Who had it at that moment is not known from here.",
        pages + "Whether anything that was shown was read, and why it was asked for." + unclear}},
      {"device",
       "byod",
       "GET",
       "block",
       {not_opened + " The full addresses are known, because nothing was encrypted.",
        "Sure as to the device, which somebody brought and registered. Its owner most likely used it, but another may "
        "have.",
        meant + unclear}},
      {"device",
       "console",
       "CONNECT",
       "block",
       {not_opened, "Sure as to the device (console). Who used it is not known from here.", pages + meant + unclear}},
      {"account",
       "",
       "CONNECT",
       "block",
       {not_opened,
        "Sure as to the account: somebody had signed in with it. Whether that was its owner is for you to find out.",
        pages + meant + unclear}},
  };
  for (const auto& [confidence, owner, method, action, expected] : table) {
    episodes_ = Episodes(rules_of());
    auto attempt = attempt_at(0s);
    attempt.confidence = confidence;
    attempt.owner = owner;
    attempt.method = method;
    attempt.action = action;
    add(attempt);
    EXPECT_EQ(last().grade.known, expected.known);
    EXPECT_EQ(last().grade.identity, expected.identity);
    EXPECT_EQ(last().grade.not_known, expected.not_known);
  }
}

}  // namespace
}  // namespace breakwater::safeguarding
