#include "proxy/portal/recent_blocks.h"

#include <gmock/gmock.h>

namespace breakwater::portal {
namespace {

constexpr std::chrono::sys_days kDay{std::chrono::days(20780)};
constexpr auto kNextDay = kDay + std::chrono::days(1);

Blocked blocked(std::string host, std::string reference = "R", std::string reason = "rule") {
  Blocked entry;
  entry.host = std::move(host);
  entry.reference = std::move(reference);
  entry.reason = std::move(reason);
  return entry;
}

std::string seen(const RecentBlocks& recent, const std::string& person, std::chrono::sys_days day = kDay) {
  std::string text;
  for (const auto& each : recent.of(day, person))
    text += each.host + ":" + each.reference + "x" + std::to_string(each.times) + " ";
  return text;
}

TEST(RecentBlocks, NewestFirstOncePerHostAndReasonOwnOnly) {
  RecentBlocks recent;
  recent.add(kDay, "user:ann", blocked("a", "1"));
  recent.add(kDay, "user:ann", blocked("b", "2"));
  recent.add(kDay, "user:bob", blocked("c", "3"));
  recent.add(kDay, "user:ann", blocked("a", "4"));
  recent.add(kDay, "user:ann", blocked("a", "5", "floor"));
  EXPECT_EQ(seen(recent, "user:ann"), "a:5x1 a:4x2 b:2x1 ");
  EXPECT_EQ(seen(recent, "user:bob"), "c:3x1 ");
  EXPECT_EQ(seen(recent, "user:eve"), "");
  EXPECT_TRUE(recent.find(kDay, "user:ann", "4"));
  EXPECT_FALSE(recent.find(kDay, "user:bob", "4")) << "another person's";
  EXPECT_FALSE(recent.find(kDay, "user:ann", "1")) << "replaced by 4";
}

TEST(RecentBlocks, AreGoneTheNextDay) {
  RecentBlocks recent;
  recent.add(kDay, "user:ann", blocked("a"));
  EXPECT_EQ(seen(recent, "user:ann", kNextDay), "");
  recent.add(kNextDay, "user:bob", blocked("b"));
  EXPECT_EQ(seen(recent, "user:ann"), "");
  EXPECT_EQ(seen(recent, "user:bob", kNextDay), "b:Rx1 ");
}

TEST(RecentBlocks, AreBounded) {
  RecentBlocks recent;
  for (std::size_t i = 0; i < RecentBlocks::kPerPerson + 5; ++i)
    recent.add(kDay, "user:ann", blocked(std::to_string(i)));
  EXPECT_EQ(recent.of(kDay, "user:ann").size(), RecentBlocks::kPerPerson);
  for (std::size_t i = 0; i < RecentBlocks::kPeople - 1; ++i)
    recent.add(kDay, std::to_string(i), blocked("a"));
  EXPECT_EQ(recent.of(kDay, "user:ann").size(), RecentBlocks::kPerPerson);
  recent.add(kDay, "user:bob", blocked("a"));
  EXPECT_TRUE(recent.of(kDay, "user:ann").empty()) << "the longest without a block makes room";
  EXPECT_EQ(recent.of(kDay, "0").size(), 1U);
}

}  // namespace
}  // namespace breakwater::portal
