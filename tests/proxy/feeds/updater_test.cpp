#include "proxy/feeds/updater.h"

#include <gtest/gtest.h>

#include "tests/support/temporary_folder.h"

namespace breakwater::feeds {
namespace {

const Instant kNow(std::chrono::seconds(1'800'000'000));

/// Port 9 of this host: nobody listens there.
rules::Feed feed() {
  rules::Feed feed;
  feed.name = "f";
  feed.download.emplace();
  feed.download->url = "https://127.0.0.1:9/list";
  return feed;
}

class Update : public testing::Test {
 protected:
  World world() {
    return {progress_, cancel_, [] { return kNow; },
            [this](std::chrono::milliseconds wait) {
              waits_.push_back(wait.count());
              if (waits_.size() == cancel_in_) cancel_ = true;
            }};
  }

  test::TemporaryFolder folder_;
  NoProgress progress_;
  std::atomic<bool> cancel_ = false;
  std::size_t cancel_in_ = 100;
  std::vector<std::int64_t> waits_;
};

TEST_F(Update, TriesAgainAndNotesHowItEnded) {
  FeedStore store(folder_.path(), feed());
  const auto outcome = update(store, world());
  EXPECT_EQ(outcome.result, Outcome::Result::failed);
  EXPECT_EQ(outcome.tries, kMaxTries);
  ASSERT_EQ(waits_.size(), 4U);
  for (std::int64_t expected = 1000; const auto wait : waits_) {
    EXPECT_GE(wait, expected * 3 / 4);
    EXPECT_LE(wait, expected * 5 / 4);
    expected *= 4;
  }
  const auto state = read_state(folder_.path() / "f");
  EXPECT_EQ(state.failures, 1U);
  EXPECT_EQ(state.last_error, outcome.message);
  EXPECT_EQ(state.checked_at, kNow);
  EXPECT_FALSE(is_due(*feed().download, state, kNow));
}

TEST_F(Update, CancelledIsNoFailure) {
  cancel_in_ = 2;
  FeedStore store(folder_.path(), feed());
  const auto outcome = update(store, world());
  EXPECT_EQ(outcome.result, Outcome::Result::cancelled);
  EXPECT_EQ(outcome.tries, 2U);
  EXPECT_FALSE(std::filesystem::exists(folder_.path() / "f/state.json"));
}

TEST_F(Update, OneAtATime) {
  FeedStore holder(folder_.path(), feed());
  ASSERT_EQ(holder.error(), std::nullopt);
  FeedStore store(folder_.path(), feed());
  EXPECT_EQ(update(store, world()).message, "another process is updating this feed");
  EXPECT_TRUE(waits_.empty());
}

TEST_F(Update, TheRealSleepEndsWithCancel) {
  cancel_ = true;
  const auto began = std::chrono::steady_clock::now();
  real_world(progress_, cancel_).sleep(std::chrono::hours(1));
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(1));
}

TEST(CurrentLists, AreAFolderOrItsOnlyFile) {
  const test::TemporaryFolder folder;
  EXPECT_EQ(current_lists(folder.path(), "f"), folder.path() / "f/current");
  folder.write("f/current/list.txt", "");
  EXPECT_EQ(current_lists(folder.path(), "f"), folder.path() / "f/current/list.txt");
  folder.write("f/current/other.txt", "");
  EXPECT_EQ(current_lists(folder.path(), "f"), folder.path() / "f/current");
  folder.write("g/current/adult/domains", "");
  EXPECT_EQ(current_lists(folder.path(), "g"), folder.path() / "g/current");
}

}  // namespace
}  // namespace breakwater::feeds
