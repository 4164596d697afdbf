#include "proxy/safeguarding/context.h"

#include <gmock/gmock.h>

#include "tests/proxy/safeguarding/attempt_trace.h"

namespace breakwater::safeguarding {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr auto kAllow = rules::Action::allow;
constexpr auto kBlock = rules::Action::block;

std::vector<std::string> hosts(const std::vector<Visit>& visits) {
  std::vector<std::string> names;
  for (const auto& visit : visits)
    names.push_back(visit.host);
  return names;
}

TEST(ContextTest, OfOnePersonInAStretchOfTime) {
  Context context;
  context.note(kTen, "user:ann", "a.example", kAllow);
  context.note(kTen + 1s, "user:bob", "b.example", kAllow);
  context.note(kTen + 2s, "user:ann", "c.example", kBlock);
  context.note(kTen + 3s, "user:ann", "d.example", kAllow);
  EXPECT_THAT(context.of("user:ann", kTen, kTen + 2s),
              ElementsAre(Visit{kTen, "a.example", kAllow}, Visit{kTen + 2s, "c.example", kBlock}));
  EXPECT_THAT(hosts(context.of("user:ann", kTen + 1ms, kTen + 1h)), ElementsAre("c.example", "d.example"));
  EXPECT_THAT(context.of("user:eve", kTen, kTen + 1h), IsEmpty());
}

TEST(ContextTest, TheSameAgainIsNotedOnceAMinute) {
  Context context;
  for (const auto when : {0s, 1s, 59s, 60s, 61s, 10s})  // the last by a clock that went back
    context.note(kTen + when, "p", "a.example", kAllow);
  context.note(kTen + 62s, "p", "a.example", kBlock);
  EXPECT_THAT(context.of("p", kTen, kTen + 1h),
              ElementsAre(Visit{kTen, "a.example", kAllow}, Visit{kTen + 60s, "a.example", kAllow},
                          Visit{kTen + 10s, "a.example", kAllow}, Visit{kTen + 62s, "a.example", kBlock}));
}

TEST(ContextTest, ForgetsTheOldest) {
  Context context;
  for (std::size_t i = 0; i < Context::kEntries + 10; ++i)
    context.note(kTen + std::chrono::milliseconds(i), "p", std::to_string(i), kAllow);
  const auto found = hosts(context.of("p", kTen, kTen + 1h));
  EXPECT_EQ(found.size(), Context::kEntries);
  EXPECT_EQ(found.front(), "10");
  EXPECT_EQ(found.back(), std::to_string(Context::kEntries + 9));
}

TEST(ContextTest, MergedByTimeWithoutDoublesTheLatestStay) {
  std::vector<Visit> all{{kTen + 2s, "b", kAllow}};
  merge(all, {{kTen + 3s, "c", kAllow}, {kTen + 2s, "b", kAllow}, {kTen, "a", kAllow}});
  EXPECT_THAT(hosts(all), ElementsAre("a", "b", "c"));
  std::vector<Visit> many;
  for (std::size_t i = 0; i < kMostVisits; ++i)
    many.push_back({kTen + 1min + std::chrono::milliseconds(i), "d", kAllow});
  merge(all, many);
  EXPECT_EQ(all.size(), kMostVisits);
  EXPECT_EQ(all.front().host, "d");
}

}  // namespace
}  // namespace breakwater::safeguarding
