#include "proxy/safeguarding/desk.h"

#include <condition_variable>
#include <mutex>

#include <gmock/gmock.h>

#include "proxy/safeguarding/attempt_json.h"
#include "tests/proxy/safeguarding/attempt_trace.h"
#include "tests/proxy/safeguarding/state_folder.h"

namespace breakwater::safeguarding {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// A desk, the recorder's part of handing over what is on disk, and a clock of the test's.
class DeskTest : public StateFolder {
 protected:
  void SetUp() override {
    StateFolder::SetUp();
    rules_.themes.push_back({"drugs", {}, 1, 1h});
    options_.state = state_;
    options_.now = [this] { return kTen + now_.load(); };
    options_.tick = 1ms;
    options_.on_episode = [this](const Episode& episode, const EpisodeNames& names) {
      const std::lock_guard lock(mutex_);
      told_.push_back({episode, names});
      wake_.notify_one();
    };
    options_.on_failure = [this](const std::string& message) {
      const std::lock_guard lock(mutex_);
      failures_.push_back(message);
      wake_.notify_one();
    };
  }

  void TearDown() override {
    desk_.reset();
    StateFolder::TearDown();
  }

  void start() { desk_ = std::make_unique<Desk>(rules_, options_); }
  /// Records attempts and, where there is a desk, hands them over.
  void record(std::vector<Attempt> attempts) {
    auto store = Store::open(state_, Store::Mode::read_write);
    ASSERT_TRUE(store) << store.error().message;
    ASSERT_FALSE((*store)->append(attempts));
    if (desk_) desk_->take(std::move(attempts));
  }
  void wait_until(const auto& condition) {
    std::unique_lock lock(mutex_);
    ASSERT_TRUE(wake_.wait_for(lock, 20s, condition));
  }
  void wait_told(std::size_t count) {
    wait_until([&] { return told_.size() >= count; });
  }
  static std::string shown(const Episode& episode) {
    return std::string(to_string(episode.stage)) + ' ' + std::to_string(episode.attempts);
  }
  std::vector<std::string> told() {
    const std::lock_guard lock(mutex_);
    std::vector<std::string> lines;
    for (const auto& [episode, names] : told_)
      lines.push_back(shown(episode));
    return lines;
  }
  std::vector<Record> records() {
    std::vector<Record> found;
    const auto store = Store::open(state_, Store::Mode::read_only);
    EXPECT_TRUE(store);
    Filter filter;
    filter.kinds = {Kind::episode};
    EXPECT_FALSE((*store)->each(filter, [&](const Record& record) { found.push_back(record); }));
    return found;
  }
  std::vector<std::string> recorded() {
    std::vector<std::string> lines;
    for (const auto& record : records()) {
      const auto episode = parse_episode(*record.body);
      EXPECT_TRUE(episode);
      EXPECT_EQ(record.reference, episode->reference);
      lines.push_back(shown(*episode));
    }
    return lines;
  }

  rules::Safeguarding rules_;
  DeskOptions options_;
  std::atomic<std::chrono::milliseconds> now_{0ms};
  std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<std::pair<Episode, EpisodeNames>> told_;
  std::vector<std::string> failures_;
  std::unique_ptr<Desk> desk_;
};

TEST_F(DeskTest, AnEpisodeIsRecordedAndThenTold) {
  std::vector<std::string> at_telling;
  options_.on_episode = [this, inner = options_.on_episode, &at_telling](const Episode& episode,
                                                                         const EpisodeNames& names) {
    at_telling = recorded();
    inner(episode, names);
  };
  start();
  record({attempt_at(1s)});
  wait_told(1);
  EXPECT_THAT(at_telling, ElementsAre("opened 1"));
  record({attempt_at(2s)});
  wait_told(2);
  now_ = 1h;
  wait_told(3);
  EXPECT_THAT(told(), ElementsAre("opened 1", "grown 2", "closed 2"));
  EXPECT_THAT(recorded(), ElementsAre("opened 1", "grown 2", "closed 2"));
  EXPECT_EQ(told_[0].second.client, "10.20.1.2");
  for (const auto& record : records()) {
    EXPECT_THAT(*record.body, ::testing::Not(HasSubstr("10.20.1.2")));
    EXPECT_THAT(*record.body, ::testing::Not(HasSubstr(".example")));
    EXPECT_FALSE(record.sealed.empty());
  }
}

TEST_F(DeskTest, WhatWasOpenGoesOnAfterAnEndAndIsNotToldAgain) {
  start();
  record({attempt_at(1s), attempt_at(5s, "other")});
  wait_told(2);
  desk_.reset();                       // as kill -9 does: nothing is written at the end
  record({attempt_at(10s, "third")});  // recorded, but the gateway ended before the desk saw it
  now_ = 60s;
  start();
  wait_told(3);  // by the third moment it is a person
  EXPECT_THAT(told(), ElementsAre("opened 1", "grown 2", "grown 3"));
  record({attempt_at(61s)});
  wait_told(4);
  now_ = 1h;
  wait_told(5);
  EXPECT_THAT(told(), ElementsAre("opened 1", "grown 2", "grown 3", "grown 4", "closed 4"));
  EXPECT_EQ(told_[0].first.reference, told_[4].first.reference);
  EXPECT_EQ(told_[4].first.distinct_hosts, 3u);
  desk_.reset();

  // Begins after the one that was closed.
  record({attempt_at(1h + 1s)});
  now_ = 1h + 2s;
  start();
  wait_told(6);
  EXPECT_EQ(told().back(), "opened 1");
  EXPECT_NE(told_[5].first.reference, told_[0].first.reference);
  desk_.reset();
  start();
  now_ = 3h;
  wait_told(7);
  EXPECT_THAT(recorded(), ElementsAre("opened 1", "grown 2", "grown 3", "grown 4", "closed 4", "opened 1", "closed 1"));
}

TEST_F(DeskTest, AClockThatWasSetBackBeforeTheStartHidesNothing) {
  now_ = 60s;
  start();
  record({attempt_at(60s)});
  wait_told(1);
  desk_.reset();
  now_ = 0s;
  start();
  record({attempt_at(1s)});
  wait_told(2);
  EXPECT_THAT(told(), ElementsAre("opened 1", "grown 2"));
}

TEST_F(DeskTest, WaitsForAStoreThatFails) {
  std::filesystem::create_directories(state_);
  std::filesystem::create_directory(file_);  // in the place of the database
  start();
  desk_->take({attempt_at(1s)});
  wait_until([&] { return !failures_.empty(); });
  EXPECT_THAT(told(), IsEmpty());
  std::filesystem::remove(file_);
  wait_told(1);
  EXPECT_THAT(recorded(), ElementsAre("opened 1"));
}

TEST_F(DeskTest, WhatCannotBeWrittenIsTriedAgain) {
  start();
  auto attempts = std::vector{attempt_at(1s)};
  record(attempts);
  wait_told(1);
  const auto other = raw();
  query(other, "BEGIN IMMEDIATE");
  attempts[0].pseudonym = "P-00000000";
  desk_->take(attempts);
  wait_until([&] { return !failures_.empty(); });
  EXPECT_THAT(told(), ElementsAre("opened 1"));
  query(other, "ROLLBACK");
  wait_told(2);
  EXPECT_THAT(recorded(), ElementsAre("opened 1", "opened 1"));
}

TEST_F(DeskTest, SaysWhatItCouldNotKeep) {
  std::filesystem::create_directories(state_);
  std::filesystem::create_directory(file_);
  start();
  for (int i = 0; i < 3; ++i)
    desk_->take(std::vector<Attempt>(60'000));
  wait_until([&] {
    return std::any_of(failures_.begin(), failures_.end(), [](const auto& message) {
      return message.ends_with(" attempts are recorded, but missing in episodes: the store failed too long");
    });
  });
}

TEST_F(DeskTest, ContextIsThatOfThePersonAroundTheEpisode) {
  struct Asked {
    std::string person;
    Milliseconds from, until;
  };
  std::vector<Asked> asked;
  options_.context = [&](const std::string& person, Milliseconds from, Milliseconds until) {
    const std::lock_guard lock(mutex_);
    asked.push_back({person, from, until});
    wake_.notify_one();
    return std::vector<Visit>{{until, "visited.example", rules::Action::allow}};
  };
  options_.around = 5min;
  start();
  now_ = 2s;
  auto attempt = attempt_at(1s);
  attempt.user = "Ann";
  record({attempt});
  wait_told(1);
  EXPECT_THAT(told_[0].second.context, ElementsAre(Visit{kTen + 2s, "visited.example", rules::Action::allow}));
  now_ = 20min;  // its gap is over, and what came after it too
  wait_until([&] { return asked.size() >= 2; });
  desk_.reset();
  EXPECT_EQ(asked[0].person, "user:Ann");
  EXPECT_EQ(asked[0].from, kTen + 1s - 5min);
  EXPECT_EQ(asked[0].until, kTen + 2s);
  EXPECT_EQ(asked[1].from, kTen + 1s - 5min);
  EXPECT_EQ(asked[1].until, kTen + 1s + 5min);
  EXPECT_THAT(told(), ElementsAre("opened 1", "closed 1"));
  EXPECT_THAT(recorded(), ElementsAre("opened 1", "closed 1", "closed 1")) << "the last one with all of its context";
}

TEST_F(DeskTest, AnotherPolicyHoldsFromThenOn) {
  start();
  rules_.themes[0].threshold = 3;
  desk_->use(rules_);
  record({attempt_at(1s), attempt_at(2s), attempt_at(3s)});
  wait_told(1);
  EXPECT_THAT(told(), ElementsAre("opened 3"));
}

}  // namespace
}  // namespace breakwater::safeguarding
