#include "proxy/safeguarding/recorder.h"

#include <condition_variable>
#include <mutex>
#include <thread>

#include <gmock/gmock.h>

#include "tests/proxy/safeguarding/state_folder.h"
#include "tests/support/file_size_limit.h"

namespace breakwater::safeguarding {
namespace {

using namespace std::chrono_literals;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr auto kPatience = 20s;  // a bound for a machine that is busy, not a delay

class RecorderTest : public StateFolder {
 protected:
  /// A recorder that tries again soon, and keeps what it told.
  std::unique_ptr<Recorder> start(RecorderOptions options = {.retry = 5ms}) {
    return std::make_unique<Recorder>(state_, options, [this](const std::string& message) {
      const std::lock_guard lock(mutex_);
      failures_.push_back(message);
    });
  }
  void record(Recorder& recorder, const std::string& id) {
    recorder.record(attempt(id), [this, id](Recorded answer) {
      const std::lock_guard lock(mutex_);
      answers_.emplace_back(id, answer);
      answered_.notify_all();
    });
  }
  std::vector<std::pair<std::string, Recorded>> answers(std::size_t count) {
    std::unique_lock lock(mutex_);
    EXPECT_TRUE(answered_.wait_for(lock, kPatience, [&] { return answers_.size() >= count; }));
    return answers_;
  }
  std::vector<std::string> failures() {
    const std::lock_guard lock(mutex_);
    return failures_;
  }
  static void until_durable(const Recorder& recorder, std::uint64_t count) {
    const auto end = std::chrono::steady_clock::now() + kPatience;
    while (recorder.counters().durable < count) {
      ASSERT_LT(std::chrono::steady_clock::now(), end);
      std::this_thread::sleep_for(1ms);
    }
  }

  std::mutex mutex_;
  std::condition_variable answered_;
  std::vector<std::pair<std::string, Recorded>> answers_;
  std::vector<std::string> failures_;
};

TEST_F(RecorderTest, IsOnDiskWhenTold) {
  const auto recorder = start();
  std::vector<std::string> seen;
  recorder->record(attempt("a"), [&](Recorded answer) {
    seen = ids();
    const std::lock_guard lock(mutex_);
    answers_.emplace_back("a", answer);
    answered_.notify_all();
  });
  EXPECT_THAT(answers(1), ElementsAre(std::pair("a", Recorded::durable)));
  EXPECT_THAT(seen, ElementsAre("a"));
  EXPECT_EQ(recorder->counters().backlog, 0U);
  EXPECT_THAT(failures(), ElementsAre());
}

TEST_F(RecorderTest, EndWritesWhatIsQueued) {
  auto recorder = start();
  for (int i = 0; i < 100; ++i)
    record(*recorder, std::to_string(i));
  recorder.reset();
  EXPECT_EQ(answers(100).size(), 100U);
  EXPECT_EQ(ids().size(), 100U);
}

TEST_F(RecorderTest, GroupCommitFromManyThreads) {
  constexpr int kThreads = 8;
  constexpr int kEach = 1250;
  const auto recorder = start();
  const auto begin = std::chrono::steady_clock::now();
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t)
    threads.emplace_back([&, t] {
      for (int i = 0; i < kEach; ++i)
        record(*recorder, std::to_string(t) + "-" + std::to_string(i));
    });
  for (auto& thread : threads)
    thread.join();
  const auto told = answers(kThreads * kEach);
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
  RecordProperty("attempts_per_second", std::to_string(static_cast<int>(kThreads * kEach / seconds.count())));
  for (const auto& [id, answer] : told)
    ASSERT_EQ(answer, Recorded::durable) << id;
  const auto kept = ids();
  ASSERT_EQ(kept.size(), static_cast<std::size_t>(kThreads * kEach));
  std::array<int, kThreads> next{};
  for (const auto& id : kept) {
    const auto thread = static_cast<std::size_t>(id[0] - '0');
    ASSERT_EQ(id.substr(2), std::to_string(next[thread]++)) << "the order of one caller is kept";
  }
}

TEST_F(RecorderTest, LockedStoreDefersThenRecordsOnceInOrder) {
  const auto recorder = start();
  record(*recorder, "before");
  answers(1);
  const auto other = raw();
  query(other, "BEGIN IMMEDIATE");
  record(*recorder, "a");
  record(*recorder, "b");
  const auto told = answers(3);
  EXPECT_EQ(told[1], std::pair(std::string("a"), Recorded::deferred));
  EXPECT_EQ(told[2], std::pair(std::string("b"), Recorded::deferred));
  EXPECT_THAT(failures(), Each(HasSubstr("database is locked")));
  EXPECT_EQ(recorder->counters().backlog, 2U);
  query(other, "ROLLBACK");
  until_durable(*recorder, 3);
  record(*recorder, "after");
  EXPECT_EQ(answers(4).back(), std::pair(std::string("after"), Recorded::durable));
  EXPECT_THAT(ids(), ElementsAre("before", "a", "b", "after"));
  EXPECT_EQ(recorder->counters().deferred, 2U);
  EXPECT_EQ(recorder->counters().failures, failures().size());
}

TEST_F(RecorderTest, FullDiskDefersThenRecordsOnce) {
  const auto recorder = start();
  record(*recorder, "before");
  answers(1);
  {
    const breakwater::testing::FileSizeLimit full(std::filesystem::file_size(state_ / "attempts.db-wal") + 100);
    record(*recorder, "a");
    EXPECT_EQ(answers(2).back(), std::pair(std::string("a"), Recorded::deferred));
    record(*recorder, "b");
    EXPECT_EQ(answers(3).back(), std::pair(std::string("b"), Recorded::deferred));
    EXPECT_FALSE(failures().empty());
  }
  until_durable(*recorder, 3);
  EXPECT_THAT(ids(), ElementsAre("before", "a", "b"));
  EXPECT_THAT(query(raw(), "PRAGMA integrity_check"), ElementsAre("ok"));
  EXPECT_EQ(answers(3).size(), 3U) << "each handler is called once";
}

TEST_F(RecorderTest, StoreThatCannotBeOpenedIsTriedAgain) {
  std::ofstream(state_) << "in the way";
  const auto recorder = start();
  record(*recorder, "a");
  EXPECT_EQ(answers(1).back().second, Recorded::deferred);
  EXPECT_THAT(failures().front(), HasSubstr(state_.string()));
  std::filesystem::remove(state_);
  until_durable(*recorder, 1);
  EXPECT_THAT(ids(), ElementsAre("a"));
}

TEST_F(RecorderTest, DeletedStoreIsMadeAnew) {
  const auto recorder = start();
  record(*recorder, "lost with its file");
  answers(1);
  std::filesystem::remove_all(state_);
  record(*recorder, "a");
  EXPECT_EQ(answers(2).back().second, Recorded::deferred);
  until_durable(*recorder, 2);
  EXPECT_THAT(ids(), ElementsAre("a"));
}

TEST_F(RecorderTest, WhileTheStoreFailsNobodyWaitsForTheNextTry) {
  std::ofstream(state_) << "in the way";
  auto recorder = start({.retry = 1h});
  for (std::size_t i = 1; i <= 3; ++i) {
    record(*recorder, std::to_string(i));
    EXPECT_EQ(answers(i).back().second, Recorded::deferred);
  }
  EXPECT_EQ(recorder->counters().failures, 1U);
  std::filesystem::remove(state_);
  recorder.reset();
  EXPECT_THAT(ids(), ElementsAre("1", "2", "3"));
  EXPECT_EQ(failures().size(), 1U);
}

TEST_F(RecorderTest, EndTellsWhatIsNotWritten) {
  std::ofstream(state_) << "in the way";
  auto recorder = start({.retry = 1h});
  record(*recorder, "7QK4M-2XP9D");
  record(*recorder, "7QK4M-2XP9E");
  answers(2);
  recorder.reset();
  EXPECT_EQ(failures().back(), "2 attempts were not recorded before the end: 7QK4M-2XP9D 7QK4M-2XP9E");
}

TEST_F(RecorderTest, BacklogAtItsLimitRefusesAtOnce) {
  std::ofstream(state_) << "in the way";
  auto recorder = start({.backlog = 3, .retry = 1h});
  for (const char* id : {"1", "2", "3"})
    record(*recorder, id);
  answers(3);
  bool refused = false;
  recorder->record(attempt("4"), [&](Recorded answer) { refused = answer == Recorded::full; });
  EXPECT_TRUE(refused) << "told before record() returns";
  EXPECT_EQ(recorder->counters().refused, 1U);
  std::filesystem::remove(state_);
  recorder.reset();
  EXPECT_THAT(ids(), ElementsAre("1", "2", "3"));
}

TEST_F(RecorderTest, LingerGathersAndEndDoesNotWaitForIt) {
  auto recorder = start({.linger = 1h});
  record(*recorder, "a");
  recorder.reset();
  EXPECT_THAT(ids(), ElementsAre("a"));
}

}  // namespace
}  // namespace breakwater::safeguarding
