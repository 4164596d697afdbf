#include "proxy/safeguarding/retention.h"

#include <atomic>
#include <thread>

#include <gmock/gmock.h>

#include "proxy/safeguarding/attempt_json.h"
#include "proxy/safeguarding/episode.h"
#include "proxy/safeguarding/verify.h"
#include "tests/proxy/safeguarding/state_folder.h"

namespace breakwater::safeguarding {
namespace {

using std::chrono::days;
using ::testing::ElementsAre;

Milliseconds day(int number, int ms = 0) {
  return Milliseconds(days(number) + std::chrono::milliseconds(ms));
}

class RetentionTest : public StateFolder {
 protected:
  void SetUp() override {
    StateFolder::SetUp();
    store_ = *Store::open(state_, Store::Mode::read_write);
  }
  /// An attempt of Ada's on that day.
  void add(const std::string& id, int on_day, const std::string& pseudonym = "P-ADA") {
    auto made = attempt(id, day(on_day, 5).time_since_epoch().count());
    made.user = "Ada";
    made.pseudonym = pseudonym;
    made.theme = "drugs";
    ASSERT_FALSE(store_->append(std::vector{made}));
  }
  void add_episode(const std::string& reference, int on_day) {
    Episode episode;
    episode.reference = reference;
    episode.pseudonym = "P-ADA";
    episode.theme = "drugs";
    episode.first = day(on_day);
    episode.last = day(on_day, 10);
    add_entry(Kind::episode, reference, on_day, to_json(episode));
  }
  void add_entry(Kind kind, const std::string& reference, int on_day, std::string body) {
    ASSERT_FALSE(
        store_->append(std::vector<Entry>{{day(on_day, 20), kind, reference, std::move(body), R"({"names":"Ada"})"}}));
  }
  std::string run(const rules::Retention& retention, int today) {
    auto error = retain(*store_, state_, retention, day(today, 99));
    std::string unread;
    const auto found = verify_state(state_, {}, unread);
    EXPECT_TRUE(found && !found->fault) << unread << (found && found->fault ? found->fault->message : "");
    return error;
  }
  /// Of each record its reference, with "+" where its names open, and "-" where its body is gone.
  std::vector<std::string> left() {
    std::vector<std::string> all;
    auto opener = holding_opener(state_);
    EXPECT_FALSE(store_->each({}, [&](const Record& record) {
      if (record.kind == Kind::deletion) return;
      all.push_back(record.reference + (opener && opener->open(record) ? "+" : "") + (record.body ? "" : "-"));
    }));
    return all;
  }

  std::unique_ptr<Store> store_;
};

TEST_F(RetentionTest, EachPurposeHasItsTime) {
  add("old", 10);
  add_episode("E-old", 10);
  add("new", 90);
  EXPECT_EQ(run({}, 100), "");
  EXPECT_THAT(left(), ElementsAre("old+", "E-old+", "new+"));
  EXPECT_EQ(run({days(90), {}, {}}, 100), "") << "day 10 is exactly as old as that: it stays";
  EXPECT_THAT(left(), ElementsAre("old+", "E-old+", "new+"));
  EXPECT_EQ(run({days(30), {}, {}}, 100), "");
  EXPECT_THAT(left(), ElementsAre("old", "E-old", "new+"));
  EXPECT_THAT(query(raw(), "SELECT count(*) FROM records WHERE kind = 'deletion'"), ElementsAre("1"));
  EXPECT_EQ(run({{}, days(60), days(95)}, 100), "");
  EXPECT_THAT(left(), ElementsAre("old-", "E-old", "new+"));
  EXPECT_EQ(run({{}, {}, days(60)}, 100), "");
  EXPECT_THAT(left(), ElementsAre("old-", "E-old-", "new+"));
}

TEST_F(RetentionTest, WhatIsHeldStaysWholeUntilItIsReleased) {
  constexpr rules::Retention kAll{days(1), days(1), days(1)};
  add("hers", 10);
  add("somebody's", 10, "P-BOB");
  add_episode("E-hers", 10);
  add_entry(Kind::hold, "E-hers", 11, R"({"hold":true,"by":"Jane","reason":"police"})");
  EXPECT_EQ(run(kAll, 100), "");
  EXPECT_THAT(left(), ElementsAre("hers+", "somebody's-", "E-hers+", "E-hers+"))
      << "the key of the day stays for her alone";
  add_entry(Kind::hold, "E-hers", 101, R"({"hold":false,"by":"Jane","reason":"done"})");
  EXPECT_EQ(run(kAll, 200), "");
  EXPECT_THAT(left(), ElementsAre("hers-", "somebody's-", "E-hers-", "E-hers-", "E-hers-"));
  EXPECT_TRUE(std::filesystem::is_empty(days_folder(state_)) ||
              std::distance(std::filesystem::directory_iterator(days_folder(state_)), {}) == 1)
      << "the lock alone is left";
}

TEST_F(RetentionTest, TheKeeperRunsAtItsStartAndForANewPolicy) {
  add("old", 10);
  std::atomic<int> failures = 0;
  RetentionKeeper keeper({}, {state_, [] { return day(70); }, [&](const std::string&) { ++failures; }});
  keeper.use({days(30), {}, {}});
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (left() != std::vector<std::string>{"old"} && std::chrono::steady_clock::now() < end)
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  EXPECT_THAT(left(), ElementsAre("old"));
  EXPECT_EQ(failures, 0);
}

TEST_F(RetentionTest, AClockThatJumpedAheadDeletesNothing) {
  add("old", 10);
  const auto wait = [](const auto& condition) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!condition() && std::chrono::steady_clock::now() < end)
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    EXPECT_TRUE(condition());
  };
  std::atomic<int> today = 5000;
  std::atomic<int> failures = 0;
  std::atomic<int> elsewhere = 0;
  RetentionKeeper keeper({days(1), days(1), days(1)},
                         {state_, [&] { return day(today); },
                          [&](const std::string& message) {
                            EXPECT_THAT(message, ::testing::HasSubstr("the clock says 1983-09-10"));
                            ++failures;
                          },
                          [&](const rules::Retention&, Milliseconds, std::vector<Deletion>&) {
                            ++elsewhere;
                            return std::string();
                          }});
  wait([&] { return failures == 1; });
  EXPECT_THAT(left(), ElementsAre("old+"));
  EXPECT_EQ(elsewhere, 0);
  today = 11;  // set right
  keeper.use({days(1), days(1), days(1)});
  wait([&] { return elsewhere == 1; });
  EXPECT_THAT(left(), ElementsAre("old+"));
}

TEST_F(RetentionTest, WhatGoesElsewhereLeavesAReceipt) {
  add("stays", 10);
  std::atomic<int> failures = 0;
  const RetentionKeeper keeper({}, {state_, [] { return day(70); }, [&](const std::string&) { ++failures; },
                                    [](const rules::Retention&, Milliseconds now, std::vector<Deletion>& done) {
                                      EXPECT_EQ(now, day(70));
                                      Deletion deletion;
                                      deletion.purpose = retention_purpose("reviews", days(7));
                                      deletion.what = Deletion::What::elsewhere;
                                      deletion.until = day(63);
                                      deletion.count = 3;
                                      done.push_back(deletion);
                                      return std::string("a file is stuck");
                                    }});
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  std::vector<Deletion> receipts;
  while ((receipts.empty() || failures == 0) && std::chrono::steady_clock::now() < end) {
    receipts.clear();
    ASSERT_FALSE(store_->each({.kinds = {Kind::deletion}}, [&](const Record& record) {
      const auto read = parse_deletion(record);
      ASSERT_TRUE(read);
      receipts.push_back(*read);
    }));
  }
  ASSERT_EQ(receipts.size(), 1U);
  EXPECT_EQ(receipts[0].purpose, "retention: reviews after 7d");
  EXPECT_EQ(receipts[0].count, 3);
  EXPECT_EQ(receipts[0].what, Deletion::What::elsewhere);
  EXPECT_FALSE(covers(receipts[0], {1, day(10), Kind::attempt, Deletion::What::names})) << "no record lost anything";
  EXPECT_EQ(failures, 1) << "what went wrong is told all the same";
  EXPECT_EQ(run({}, 100), "") << "and the chain holds";
}

}  // namespace
}  // namespace breakwater::safeguarding
