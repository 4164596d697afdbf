#include "proxy/telemetry/private_tally.h"

#include <gmock/gmock.h>

namespace breakwater::telemetry {
namespace {

using std::chrono::seconds;
using std::chrono::sys_seconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr sys_seconds kTen(seconds(1'795'428'000));  // 2026-11-23 10:00 UTC
using Names = std::vector<std::string_view>;

TEST(PrivateTally, TellsEndedSlotsByGroupPeriodAndCategory) {
  PrivateTally tally;
  for (int i = 0; i < 3; ++i)
    tally.add(kTen + seconds(i), "learners", "break", Names{"games", "social-media"});
  tally.add(kTen + seconds(899), "learners", "break", Names{"games"});
  tally.add(kTen, "staff", "break", Names{});
  tally.add(kTen + seconds(900), "learners", "lunch", Names{"news"});
  EXPECT_THAT(tally.take(kTen + seconds(899)), IsEmpty());
  EXPECT_THAT(tally.take(kTen + seconds(900)),
              ElementsAre(R"({"time":"2026-11-23T10:00:00.000Z","event":"private_use","minutes":15,"group":"learners",)"
                          R"("period":"break","categories":{"games":4,"social-media":3}})",
                          R"({"time":"2026-11-23T10:00:00.000Z","event":"private_use","minutes":15,"group":"staff",)"
                          R"("period":"break","categories":{"uncategorised":"<3"}})"));
  EXPECT_THAT(tally.take(kTen + seconds(900)), IsEmpty());
  EXPECT_EQ(tally.take().size(), 1U);
  EXPECT_THAT(tally.take(), IsEmpty());
}

TEST(PrivateTally, NamesAreEscaped) {
  PrivateTally tally;
  tally.add(kTen, "a \"b\"\n", "", Names{"c\\d"});
  EXPECT_THAT(tally.take(),
              ElementsAre(::testing::HasSubstr(R"("group":"a \"b\"\u000a","period":"","categories":{"c\\d":"<3"}})")));
}

}  // namespace
}  // namespace breakwater::telemetry
