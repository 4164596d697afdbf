#include "proxy/feeds/feed_state.h"

#include <gtest/gtest.h>

#include "tests/support/temporary_folder.h"

namespace breakwater::feeds {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

const Instant kNow(seconds(1'800'000'000));

TEST(FeedState, OutlivesTheProcess) {
  const test::TemporaryFolder folder;
  FeedState state;
  state.url = "https://x.example/\"l\"";
  state.minisign_key = "RW";
  state.validators = {"\"tag\"", "Mon"};
  state.sha256 = "0a";
  state.fetched_at = kNow;
  state.checked_url = "https://x.example/new";
  state.checked_at = kNow + hours(1);
  state.next_due = kNow + hours(2);
  state.last_error = "why?";
  state.failures = 7;
  ASSERT_EQ(write_state(folder.path(), state), std::nullopt);
  const auto read = read_state(folder.path());
  EXPECT_EQ(read.url, state.url);
  EXPECT_EQ(read.minisign_key, state.minisign_key);
  EXPECT_EQ(read.validators.etag, state.validators.etag);
  EXPECT_EQ(read.validators.last_modified, state.validators.last_modified);
  EXPECT_EQ(read.sha256, state.sha256);
  EXPECT_EQ(read.fetched_at, state.fetched_at);
  EXPECT_EQ(read.checked_url, state.checked_url);
  EXPECT_EQ(read.checked_at, state.checked_at);
  EXPECT_EQ(read.next_due, state.next_due);
  EXPECT_EQ(read.last_error, state.last_error);
  EXPECT_EQ(read.failures, state.failures);
  EXPECT_TRUE(write_state(folder.path() / "gone", state)->starts_with("cannot create "));
}

TEST(FeedState, DamagedIsEmptyAndSaysSo) {
  const test::TemporaryFolder folder;
  EXPECT_EQ(read_state(folder.path()).last_error, "");
  for (const auto* const text : {"", "{", "[]", "nul", "\xff{}"}) {
    folder.write("state.json", text);
    const auto state = read_state(folder.path());
    EXPECT_EQ(state.last_error, "state.json was damaged: fetched anew") << text;
    EXPECT_EQ(state.url, "") << text;
  }
  folder.write("state.json",
               R"({"url": 3, "etag": [], "failures": -1, "next_due": "x", "checked_at": 1e300, "sha256": "0a"})");
  const auto state = read_state(folder.path());
  EXPECT_EQ(state.url + state.validators.etag, "");
  EXPECT_EQ(state.failures, 0U);
  EXPECT_EQ(state.next_due, Instant());
  EXPECT_EQ(state.sha256, "0a");
}

TEST(FeedState, Due) {
  rules::Download download;
  download.url = "https://x.example/l";
  const auto is_due_at = [&](Instant next, const char* url = "https://x.example/l") {
    FeedState state;
    state.checked_url = url;
    state.next_due = next;
    return is_due(download, state, kNow);
  };
  EXPECT_TRUE(is_due_at(Instant()));
  EXPECT_TRUE(is_due_at(kNow));
  EXPECT_FALSE(is_due_at(kNow + seconds(1)));
  EXPECT_FALSE(is_due_at(kNow + hours(26)));
  EXPECT_TRUE(is_due_at(kNow + hours(30)));  // the clock was put back
  EXPECT_TRUE(is_due_at(kNow + hours(1), "https://x.example/other"));
  download.every = seconds(0);
  EXPECT_FALSE(is_due_at(Instant()));
}

TEST(FeedState, NextDue) {
  rules::Download download;
  const auto wait = [&](std::uint32_t failures, double spread = 0.5) {
    return next_due(download, failures, kNow, spread) - kNow;
  };
  EXPECT_EQ(wait(0), hours(24));
  EXPECT_EQ(wait(0, 0), minutes(24 * 54));
  EXPECT_EQ(wait(0, 1), minutes(24 * 66));
  EXPECT_EQ(wait(1), minutes(15));
  EXPECT_EQ(wait(2), minutes(30));
  EXPECT_EQ(wait(7), hours(16));
  EXPECT_EQ(wait(8), hours(24));
  EXPECT_EQ(wait(1'000'000), hours(24));
  download.every = minutes(5);
  EXPECT_EQ(wait(3), minutes(5));
}

}  // namespace
}  // namespace breakwater::feeds
