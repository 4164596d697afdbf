#include "tests/proxy/quota/book_fixture.h"

namespace breakwater::quota {
namespace {

using std::chrono::seconds;

constexpr std::uint64_t kMuch = 100'000;

TEST_F(BookTest, ASlotCountsOnceHoweverOftenAndOnHoweverManyConnections) {
  Book book;
  const auto start = at("2026-11-23T10:30");
  const auto active = [&] { return book.people().at("user:ann").accounts.at(0).active; };
  book.add(policy(), use(kBreaks, kMuch), start);
  EXPECT_EQ(active(), seconds(15));
  for (int second = 1; second < 15; ++second)
    book.add(policy(), {{{"user:ann", 0, kBreaks}, kMuch}, {{"user:ann", 0, kBreaks | kDay}, kMuch}},
             start + seconds(second));
  EXPECT_EQ(active(), seconds(15));
  EXPECT_EQ(book.people().at("user:ann").accounts.at(0).bytes, 29 * kMuch);
  book.add(policy(), use(kBreaks, kMuch), start + seconds(15));
  EXPECT_EQ(active(), seconds(30));
  // Nothing moves: nothing is used, however much time goes by.
  book.add(policy(), {}, start + seconds(300));
  book.add(policy(), use(kBreaks, kMuch), start + seconds(301));
  EXPECT_EQ(active(), seconds(45));
}

TEST_F(BookTest, ATrickleIsNoActivityButItsBytesCount) {
  Book book;
  const auto start = at("2026-11-23T10:30");
  for (int second = 0; second < 300; second += 5)
    book.add(policy(), use(kDay, kTrickle / 3), start + seconds(second));
  const auto& account = book.people().at("user:ann").accounts.at(0);
  EXPECT_EQ(account.active, seconds(0));
  EXPECT_EQ(account.bytes, 60 * (kTrickle / 3));
  book.add(policy(), use(kDay, kTrickle - 1), start + seconds(300));
  EXPECT_EQ(account.active, seconds(0));
  book.add(policy(), use(kDay, 1), start + seconds(301));
  EXPECT_EQ(account.active, seconds(15));
}

TEST_F(BookTest, IsSpentAtTheEndOfTheLastSlotUntilTheStretchEnds) {
  Book book;
  const auto start = at("2026-11-23T10:30");
  for (int slot = 0; slot < 4; ++slot) {
    EXPECT_EQ(spent(book, start + seconds(slot * 15)), 0U) << slot;
    book.add(policy(), use(kBreaks, kMuch), start + seconds(slot * 15));
  }
  EXPECT_EQ(spent(book, start + seconds(59)), 0U);
  EXPECT_EQ(spent(book, start + seconds(60)), kBreaks);
  EXPECT_EQ(spent(book, start + seconds(60), "user:bob"), 0U);
  const auto bell = at("2026-11-23T10:45");
  EXPECT_EQ(book.spent(policy(), start + seconds(60)).at("user:ann"), (std::vector<Spent>{{kBreaks, bell}}));
  EXPECT_EQ(spent(book, bell - seconds(1)), kBreaks);
  EXPECT_EQ(spent(book, bell), 0U);
  // What was known a second before the bell does not hold after it.
  EXPECT_EQ(spent_bits(book.spent(policy(), bell - seconds(1)), "user:ann", bell), 0U);
  // The clock goes back into the same break: as before. The next break begins at nothing.
  EXPECT_EQ(spent(book, bell - seconds(30)), kBreaks);
  book.add(policy(), use(kBreaks, kMuch), at("2026-11-24T10:30"));
  EXPECT_EQ(book.people().at("user:ann").accounts.at(0).active, seconds(15));
  EXPECT_EQ(spent(book, at("2026-11-24T10:31")), 0U);
}

TEST_F(BookTest, ADayEndsAtMidnightOfTheCentreAlsoWhereTheClocksChange) {
  struct Case {
    std::string_view used;
    std::string_view still;
    std::string_view again;
  };
  const Case table[] = {
      {"2026-11-23T09:00", "2026-11-23T23:59", "2026-11-24T00:00"},
      {"2026-07-01T00:10", "2026-07-01T23:59", "2026-07-02T00:00"},
      {"2026-10-25T00:10", "2026-10-25T23:59", "2026-10-26T00:00"},
      {"2026-03-29T00:10", "2026-03-29T23:59", "2026-03-30T00:00"},
  };
  for (const auto& [used, still, again] : table) {
    Book book;
    book.add(policy(), use(kDay, 1 << 20), at(used));
    EXPECT_EQ(spent(book, at(used)), kDay) << used;
    EXPECT_EQ(spent(book, at(still)), kDay) << used;
    EXPECT_EQ(spent(book, at(again)), 0U) << used;
  }
}

TEST_F(BookTest, BytesAreSpentAtOnceAndByThePolicyInForce) {
  Book book;
  const auto now = at("2026-11-23T09:00");
  book.add(policy(), use(kDay, (1 << 20) - 1), now);
  EXPECT_EQ(spent(book, now), 0U);
  book.add(policy(), use(kDay, 1), now);
  EXPECT_EQ(spent(book, now), kDay);
  auto other = policy();
  other.quotas[1].bytes = 2 << 20;
  EXPECT_TRUE(book.spent(other, now).empty());
  std::swap(other.quotas[0], other.quotas[1]);  // the same by its name, at another place
  other.quotas[0].bytes = 1 << 20;
  EXPECT_EQ(spent_bits(book.spent(other, now), "user:ann", now), 1U);
  other.groups[0].name = "pupils";  // nobody knows their timetable any more
  EXPECT_TRUE(book.spent(other, now).empty());
}

TEST_F(BookTest, SaysHowSomebodyStands) {
  Book book;
  const auto now = at("2026-11-23T10:31");
  book.add(policy(), use(kBreaks | kDay, kMuch), now);
  const auto learner = book.standing(policy(), "user:ann", 0, now);
  ASSERT_EQ(learner.size(), 2U);
  EXPECT_EQ(learner[0].active, seconds(15));
  EXPECT_EQ(learner[0].bytes, kMuch);
  EXPECT_EQ(learner[0].returns, at("2026-11-23T10:45"));
  EXPECT_EQ(learner[0].state, Standing::State::left);
  EXPECT_EQ(learner[1].returns, at("2026-11-24T00:00"));
  book.add(policy(), use(kDay, 1 << 20), now);
  EXPECT_EQ(book.standing(policy(), "user:ann", 0, now)[1].state, Standing::State::spent);
  EXPECT_EQ(book.standing(policy(), "user:bob", 0, now)[1].bytes, 0U);
  const auto staff = book.standing(policy(), "user:ann", 1, now);  // breaks are no quota of theirs
  ASSERT_EQ(staff.size(), 1U);
  EXPECT_EQ(staff[0].quota, 1U);
}

TEST_F(BookTest, KeepsSoManyPeopleAndTheLatest) {
  Book book;
  const auto start = at("2026-11-23T10:30");
  for (std::size_t i = 0; i <= kMostPeople; ++i)
    book.add(policy(), use(kDay, 1, "address:" + std::to_string(i)), start + seconds(i));
  EXPECT_LE(book.people().size(), kMostPeople);
  EXPECT_TRUE(book.people().contains("address:" + std::to_string(kMostPeople)));
  EXPECT_TRUE(book.people().contains("address:" + std::to_string(kMostPeople - 1)));
  EXPECT_FALSE(book.people().contains("address:0"));
}

TEST_F(BookTest, ForgetsWhatEndedAndQuotasThatAreGone) {
  Book book;
  const auto now = at("2026-11-23T10:31");
  book.add(policy(), use(kBreaks | kDay, kMuch), now);
  book.forget_ended(at("2026-11-23T12:00"));
  ASSERT_EQ(book.people().at("user:ann").accounts.size(), 1U);
  EXPECT_EQ(book.people().at("user:ann").accounts[0].quota, "day");
  auto other = policy();
  other.quotas.erase(other.quotas.begin() + 1);
  book.add(other, use(kBreaks, kMuch), now);
  ASSERT_EQ(book.people().at("user:ann").accounts.size(), 1U);
  EXPECT_EQ(book.people().at("user:ann").accounts[0].quota, "breaks");
  book.forget_ended(at("2026-11-25T00:01"));
  EXPECT_TRUE(book.people().empty());
}

}  // namespace
}  // namespace breakwater::quota
