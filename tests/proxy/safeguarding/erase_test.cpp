#include <atomic>
#include <thread>

#include <gmock/gmock.h>

#include "proxy/safeguarding/recorder.h"
#include "proxy/safeguarding/verify.h"
#include "tests/proxy/safeguarding/state_folder.h"

namespace breakwater::safeguarding {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

Milliseconds at(std::int64_t ms) {
  return Milliseconds(std::chrono::milliseconds(ms));
}

class EraseTest : public StateFolder {
 protected:
  void SetUp() override {
    StateFolder::SetUp();
    store_ = *Store::open(state_, Store::Mode::read_write);
  }
  void add(std::int64_t first, std::int64_t count) {
    std::vector<Attempt> attempts;
    attempts.reserve(static_cast<std::size_t>(count));
    for (auto time = first; time < first + count; ++time)
      attempts.push_back(attempt(std::to_string(time), time));
    ASSERT_FALSE(store_->append(attempts));
  }
  Verification verify() {
    std::string error;
    auto found = verify_state(state_, {}, error);
    EXPECT_TRUE(found) << error;
    return found.value_or(Verification{});
  }
  /// The bodies that are left, by seq.
  std::vector<std::string> left() {
    return query(raw(), "SELECT seq FROM records WHERE body IS NOT NULL AND kind = 'attempt'");
  }

  std::unique_ptr<Store> store_;
};

TEST_F(EraseTest, EachSliceTellsOfItselfAndHidesNothingElse) {
  add(1, 10);
  Deletion all{"attempts after 1d", Deletion::What::all, {Kind::attempt}, at(9), {2, 7}};
  ASSERT_FALSE(store_->erase(all, at(20), {.records = 3}));
  EXPECT_EQ(all.count, 6) << "1 3 4, 5 6 8; 2 and 7 are held";
  EXPECT_EQ(all.seq, 12);
  EXPECT_THAT(left(), ElementsAre("2", "7", "9", "10"));
  auto found = verify();
  EXPECT_FALSE(found.fault) << found.fault->message;
  ASSERT_EQ(found.deletions.size(), 2U);
  EXPECT_EQ(found.deletions[0].count, 3);
  EXPECT_THAT(found.deletions[0].held, ElementsAre(2)) << "each names who is held in its own range";
  EXPECT_THAT(found.deletions[1].held, ElementsAre(7));
  EXPECT_EQ(std::pair(found.deletions[1].from, found.deletions[1].to), std::pair(std::int64_t{5}, std::int64_t{8}));

  ASSERT_FALSE(store_->erase(all, at(21), {.records = 3}));
  EXPECT_EQ(all.count, 0) << "nothing is left, and nothing is recorded";
  for (const auto* const seq : {"9", "7", "2"}) {
    query(raw(), std::string("UPDATE records SET body = NULL WHERE seq = ").append(seq));
    found = verify();
    ASSERT_TRUE(found.fault) << seq;
    EXPECT_THAT(found.fault->message, HasSubstr(std::string("the body of record ").append(seq).append(" was removed")));
  }
}

TEST_F(EraseTest, OneOfAnEarlierVersionWentOverTheWholeChain) {
  const Record record{
      9, at(9), Kind::deletion, "", R"({"purpose":"p","what":"all","kinds":["attempt"],"until":9,"held":[],"count":1})",
      {}};
  const auto deletion = parse_deletion(record);
  ASSERT_TRUE(deletion);
  EXPECT_TRUE(covers(*deletion, {8, at(8), Kind::attempt, Deletion::What::all}));
}

TEST_F(EraseTest, WhatBecomesHeldMeanwhileStopsIt) {
  add(1, 4);
  Deletion all{"", Deletion::What::all, {Kind::attempt}, at(9)};
  all.holds_known_to = 4;
  const std::vector<Entry> hold{{at(10), Kind::hold, "E-1", R"({"hold":true})", ""}};
  ASSERT_FALSE(store_->append(hold));
  EXPECT_THAT(store_->erase(all, at(20))->message, HasSubstr("what is held has changed meanwhile"));
  EXPECT_EQ(left().size(), 4U);
  all.holds_known_to = 5;
  EXPECT_FALSE(store_->erase(all, at(20)));
  EXPECT_EQ(left().size(), 0U);
}

TEST_F(EraseTest, IsBrokenOffBetweenSlicesAndGoesOnLater) {
  add(1, 1000);
  Deletion all{"", Deletion::What::all, {Kind::attempt}, at(99'999)};
  std::stop_source stop;
  std::jthread eraser([&] {
    auto own = *Store::open(state_, Store::Mode::read_write);
    EXPECT_THAT(own->erase(all, at(1), {1, stop.get_token()})->message, HasSubstr("broken off"));
  });
  while (left().size() > 990)
    std::this_thread::yield();
  stop.request_stop();
  eraser.join();
  EXPECT_GT(left().size(), 0U);
  EXPECT_FALSE(verify().fault);
  Deletion rest = all;
  ASSERT_FALSE(store_->erase(rest, at(2)));
  EXPECT_EQ(all.count + rest.count, 1000);
  EXPECT_FALSE(verify().fault);
}

TEST_F(EraseTest, ALongReaderKeepsNobodyFromWriting) {
  add(1, 10);
  std::optional<StoreError> failure;
  std::atomic<bool> ended = false;
  std::jthread eraser;
  auto reader = *Store::open(state_, Store::Mode::read_only);
  int seen = 0;
  ASSERT_FALSE(reader->each({}, [&](const Record&) {
    if (++seen > 1) return;
    eraser = std::jthread([&] {
      Deletion all{"", Deletion::What::all, {Kind::attempt}, at(9)};
      auto own = *Store::open(state_, Store::Mode::read_write);
      failure = own->erase(all, at(20));
      ended = true;
    });
    while (query(raw(), "SELECT seq FROM records WHERE kind = 'deletion'").empty())
      std::this_thread::yield();
    // It waits for this reader now, to make its log empty.
    for (std::int64_t time = 100; time < 120; ++time)
      add(time, 1);
    EXPECT_FALSE(ended);
  }));
  eraser.join();
  EXPECT_FALSE(failure) << failure->message;
  EXPECT_FALSE(verify().fault);
}

}  // namespace
}  // namespace breakwater::safeguarding
