#include "proxy/safeguarding/tally.h"

#include <gmock/gmock.h>

#include "proxy/safeguarding/recorder.h"
#include "tests/proxy/safeguarding/state_folder.h"

namespace breakwater::safeguarding {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr TallyLimits kFew{.of_host = 3, .of_person = 6, .of_all = 10, .at_least = 2, .sheets = 2};

Attempt by(const std::string& person, const std::string& host) {
  Attempt attempt;
  attempt.pseudonym = person;
  attempt.client = "client of " + person;
  attempt.host = host;
  attempt.host_tag = "tag of " + host;
  attempt.url = "http://" + host + "/";
  attempt.theme = "terrorism";
  return attempt;
}

class TallyTest : public ::testing::Test {
 protected:
  /// How many of `count` attempts have records of their own.
  int own(const std::string& person, const std::string& host, int count) {
    int alone = 0;
    for (int i = 0; i < count; ++i)
      alone += tally_.counts(by(person, host), now_) ? 0 : 1;
    return alone;
  }
  std::vector<Attempt> closed() {
    tally_.turn_all();
    return tally_.written();
  }

  Tally tally_{kFew};
  Tally::Time now_{1h};
};

TEST_F(TallyTest, HasALimitForAHostForAPersonAndForAll) {
  EXPECT_EQ(own("P1", "a", 5), 3);
  EXPECT_EQ(own("P1", "b", 5), 3);
  EXPECT_EQ(own("P1", "c", 5), 0) << "six of the person's";
  EXPECT_EQ(own("P2", "a", 9), 3);
  EXPECT_EQ(own("P2", "b", 9), 1) << "ten of all";
  EXPECT_EQ(own("P3", "a", 9), 2) << "some of each person's are always recorded";
  now_ += 1h;
  EXPECT_EQ(own("P1", "a", 5), 3) << "another hour";
}

TEST_F(TallyTest, NobodyGetsBeyondTwiceTheLimitForAll) {
  int alone = 0;
  for (int i = 0; i < 100; ++i)
    alone += own("P" + std::to_string(i), "a", 9);
  EXPECT_EQ(alone, 20);
}

TEST_F(TallyTest, ASheetSaysWhoWhatHowOftenAndWhen) {
  auto attempt = by("P1", "a");
  const auto start = attempt.time;
  for (int i = 0; i < 5; ++i) {
    attempt.id = std::to_string(i);
    attempt.time = start + std::chrono::seconds(i);
    tally_.counts(attempt, now_);
  }
  const auto sheets = closed();
  ASSERT_THAT(sheets, SizeIs(1));
  EXPECT_EQ(sheets[0].id, "3") << "the first that is counted";
  EXPECT_EQ(sheets[0].count, 2U);
  EXPECT_EQ(sheets[0].time, start + 3s);
  EXPECT_EQ(sheets[0].until, start + 4s);
  EXPECT_EQ(sheets[0].host, "a");
  EXPECT_EQ(sheets[0].client, "client of P1");
  EXPECT_EQ(sheets[0].url, "") << "it is that of one of them";
  EXPECT_THAT(closed(), IsEmpty());
}

TEST_F(TallyTest, HostsBeyondThePersonsLimitAreOneSheet) {
  own("P1", "a", 3);
  own("P1", "b", 3);
  for (const char* host : {"c", "d", "e"})
    own("P1", host, 1);
  const auto sheets = closed();
  ASSERT_THAT(sheets, SizeIs(1));
  EXPECT_EQ(sheets[0].count, 3U);
  EXPECT_EQ(sheets[0].pseudonym, "P1");
  EXPECT_EQ(sheets[0].host + sheets[0].host_tag, "");
}

TEST_F(TallyTest, WhatFindsNoRoomIsCountedByItsTheme) {
  for (int i = 0; i < 100; ++i)
    own("P" + std::to_string(i), "a", 9);
  const auto sheets = closed();
  EXPECT_THAT(sheets, SizeIs(kFew.sheets + 1));
  std::uint64_t all = 0;
  int of_nobody = 0;
  for (const auto& sheet : sheets) {
    all += sheet.count;
    of_nobody += sheet.pseudonym.empty() && sheet.client.empty() ? 1 : 0;
  }
  EXPECT_EQ(all, 100U * 9 - 20) << "none is lost";
  EXPECT_EQ(of_nobody, 1);
}

TEST_F(TallyTest, ASheetGoesOnForATurn) {
  own("P1", "a", 4);
  ASSERT_EQ(tally_.next_turn(), now_ + 60s);
  EXPECT_THAT(tally_.open(), SizeIs(1));
  tally_.written();
  EXPECT_THAT(tally_.open(), IsEmpty()) << "unchanged";
  own("P1", "a", 1);
  EXPECT_THAT(tally_.open(), SizeIs(1));
  tally_.turn(now_ + 59s);
  EXPECT_THAT(tally_.closed(), IsEmpty());
  tally_.turn(now_ + 60s);
  EXPECT_THAT(tally_.closed(), SizeIs(1));
  EXPECT_EQ(tally_.next_turn(), std::nullopt);
}

/// How they come to the disk.
class CountedAttemptsTest : public StateFolder {
 protected:
  /// A recorder to which one person asked for one host `count` times, all of which it has told to be on disk.
  std::unique_ptr<Recorder> record(int count) {
    RecorderOptions options{.tally = kFew};
    options.on_durable = [this](const std::vector<Attempt>& attempts) {
      for (const auto& one : attempts)
        handed_on_ += one.count;
    };
    auto recorder = std::make_unique<Recorder>(state_, options, nullptr);
    for (int i = 0; i < count; ++i) {
      auto one = by("P1", "a");
      one.id = std::to_string(i);
      std::atomic<bool> told = false;
      recorder->record(one, [&told](Recorded answer) {
        EXPECT_EQ(answer, Recorded::durable);
        told = true;
        told.notify_one();
      });
      told.wait(false);
    }
    return recorder;
  }
  std::string bodies(const std::string& table) {
    return query(raw(), "SELECT group_concat(coalesce(json_extract(body, '$.count'), 1)) FROM " + table).front();
  }
  std::uint64_t handed_on_ = 0;
};

TEST_F(CountedAttemptsTest, AreOnDiskWhenToldAndBecomeARecord) {
  auto recorder = record(8);
  EXPECT_EQ(bodies("records"), "1,1,1");
  EXPECT_EQ(bodies("tallies"), "5");
  recorder.reset();
  EXPECT_EQ(bodies("records"), "1,1,1,5");
  EXPECT_EQ(bodies("tallies"), "NULL");
  EXPECT_EQ(handed_on_, 8U);
  EXPECT_THAT(query(raw(), "SELECT count(*) FROM records WHERE length(sealed) > 0"), ElementsAre("4"));
}

TEST_F(CountedAttemptsTest, OfAProcessThatWasKilledBecomeARecordAtTheNextStart) {
  // As it is left: the row, and nobody who goes on with it.
  auto left = by("P1", "a");
  left.id = "left";
  left.count = 7;
  auto store = *Store::open(state_, Store::Mode::read_write);
  ASSERT_FALSE(store->append({}, {.open = std::span(&left, 1), .closed = {}}));
  EXPECT_THAT(query(raw(), "SELECT body FROM tallies WHERE body LIKE '%client%'"), IsEmpty()) << "no name in clear";
  record(0).reset();
  EXPECT_EQ(bodies("records"), "7");
  EXPECT_EQ(bodies("tallies"), "NULL");
  EXPECT_EQ(handed_on_, 7U);
}

TEST_F(CountedAttemptsTest, OfAnotherGatewayThatRunsAreLeftAlone) {
  const auto other = record(8);
  record(0).reset();
  EXPECT_EQ(bodies("tallies"), "5");
}

TEST_F(CountedAttemptsTest, HaveATableInStoresOfTheVersionBefore) {
  Store::open(state_, Store::Mode::read_write);
  query(raw(), "DROP TABLE tallies; PRAGMA user_version = 3");
  EXPECT_TRUE(Store::open(state_, Store::Mode::read_only)) << "a reader needs no more";
  record(8).reset();
  EXPECT_EQ(bodies("records"), "1,1,1,5");
}

}  // namespace
}  // namespace breakwater::safeguarding
