#include "proxy/safeguarding/believed_clock.h"

#include <fstream>

#include <gmock/gmock.h>

#include "tests/support/temporary_folder.h"

namespace breakwater::safeguarding {
namespace {

using std::chrono::days;
using ::testing::HasSubstr;

Milliseconds day(int number) {
  return Milliseconds(days(number));
}
BelievedClock::Steady::time_point after(int number) {
  return BelievedClock::Steady::time_point(days(number));
}

class BelievedClockTest : public ::testing::Test {
 protected:
  /// Is nothing wrong with a clock that says `now`? Each time as after a start.
  bool is_believed(int now, int newest = 0) {
    return BelievedClock(folder_.path()).doubt(day(now), day(newest), after(0)).empty();
  }

  test::TemporaryFolder folder_;
};

TEST_F(BelievedClockTest, GoesOnGoesBackAndDoesNotJumpAhead) {
  EXPECT_FALSE(is_believed(20'000, 19'900)) << "the first time it is the newest record that counts";
  EXPECT_TRUE(is_believed(20'000, 19'990));
  EXPECT_TRUE(is_believed(20'062)) << "a summer";
  EXPECT_FALSE(is_believed(20'125));
  EXPECT_FALSE(is_believed(20'125, 20'125)) << "records that were made by the wrong clock make it no better";
  EXPECT_TRUE(is_believed(3)) << "nothing is as old as that";
  EXPECT_TRUE(is_believed(20'063)) << "and it is right again";
}

TEST_F(BelievedClockTest, IsBelievedOnceItHasSaidSoForDaysOrSomebodyHas) {
  BelievedClock clock(folder_.path());
  ASSERT_EQ(clock.doubt(day(20'000), day(20'000), after(0)), "");
  EXPECT_THAT(
      clock.doubt(day(22'000), day(20'000), after(1)),
      HasSubstr("the clock says 2030-03-27, and was last seen at 2024-10-04: nothing is deleted until it has said "
                "so for 7 days, or, where it is right, `date +%s` is written into "));
  EXPECT_NE(clock.doubt(day(22'006), day(22'000), after(7)), "");
  EXPECT_EQ(clock.doubt(day(22'007), day(22'000), after(8)), "");
  EXPECT_EQ(clock.doubt(day(22'008), day(22'000), after(9)), "");

  EXPECT_NE(clock.doubt(day(30'000), day(22'000), after(10)), "");
  EXPECT_EQ(clock.doubt(day(22'009), day(22'000), after(11)), "") << "set right";
  EXPECT_NE(clock.doubt(day(30'000), day(22'000), after(17)), "") << "counted anew";
  std::ofstream(folder_.path() / "retention.clock") << std::int64_t{29'999} * 86'400 << '\n';
  EXPECT_EQ(clock.doubt(day(30'000), day(22'000), after(17)), "");
}

TEST_F(BelievedClockTest, WhatIsNoTimeCountsAsNone) {
  for (const auto* const text : {"", "x", "-5", "12x", "99999999999999999999999", "9999999999999999"}) {
    std::ofstream(folder_.path() / "retention.clock") << text;
    EXPECT_FALSE(is_believed(20'000, 19'900)) << text;
    EXPECT_TRUE(is_believed(20'000, 19'999)) << text;
  }
}

}  // namespace
}  // namespace breakwater::safeguarding
