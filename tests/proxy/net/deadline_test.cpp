#include "proxy/net/deadline.h"

#include <optional>
#include <vector>

#include <gtest/gtest.h>

namespace breakwater::net {
namespace {

using std::chrono::milliseconds;

/// Runs a wheel for as long as the test asks.
class DeadlineTest : public testing::Test {
 protected:
  DeadlineTest() : wheel(io.get_executor()) {
    asio::co_spawn(io, wheel.run(), [](const std::exception_ptr&) {});
  }
  ~DeadlineTest() override {
    wheel.stop();
    io.run();
  }
  void run_for(milliseconds time) { io.run_for(time); }

  asio::io_context io{1};
  Wheel wheel;
};

TEST_F(DeadlineTest, FiresOnceAndStaysExpired) {
  int fired = 0;
  Deadline deadline(wheel, [&] { ++fired; });
  deadline.expires_after(milliseconds(20));
  EXPECT_FALSE(deadline.expired());
  run_for(milliseconds(400));
  EXPECT_EQ(fired, 1);
  EXPECT_TRUE(deadline.expired());
  run_for(milliseconds(200));
  EXPECT_EQ(fired, 1);
}

TEST_F(DeadlineTest, NeverFiresEarly) {
  std::optional<Wheel::Clock::time_point> fired;
  Deadline deadline(wheel, [&] { fired = Wheel::Clock::now(); });
  const auto armed = Wheel::Clock::now();
  deadline.expires_after(milliseconds(300));
  run_for(milliseconds(800));
  ASSERT_TRUE(fired);
  EXPECT_GE(*fired - armed, milliseconds(300));
}

TEST_F(DeadlineTest, ALaterTimeReplacesAnEarlierOne) {
  int fired = 0;
  Deadline deadline(wheel, [&] { ++fired; });
  deadline.expires_after(milliseconds(50));
  deadline.expires_after(std::chrono::seconds(60));
  run_for(milliseconds(400));
  EXPECT_EQ(fired, 0);
}

TEST_F(DeadlineTest, AnEarlierTimeReplacesALaterOne) {
  int fired = 0;
  Deadline deadline(wheel, [&] { ++fired; });
  deadline.expires_after(std::chrono::hours(10));
  deadline.expires_after(milliseconds(50));
  run_for(milliseconds(400));
  EXPECT_EQ(fired, 1);
}

TEST_F(DeadlineTest, AClearedOneDoesNotFire) {
  int fired = 0;
  Deadline deadline(wheel, [&] { ++fired; });
  deadline.expires_after(milliseconds(20));
  deadline.clear();
  run_for(milliseconds(300));
  EXPECT_EQ(fired, 0);
  EXPECT_FALSE(deadline.expired());
}

TEST_F(DeadlineTest, ACallbackMayEndOthersAndArmItselfAgain) {
  int fired = 0;
  std::vector<std::unique_ptr<Deadline>> others;
  for (int i = 0; i < 10; ++i) {
    others.push_back(std::make_unique<Deadline>(wheel, [] { ADD_FAILURE() << "was ended before"; }));
    others.back()->expires_after(milliseconds(60));
  }
  std::optional<Deadline> deadline;
  deadline.emplace(wheel, [&] {
    others.clear();
    if (++fired < 3) deadline->expires_after(milliseconds(10));
  });
  deadline->expires_after(milliseconds(1));
  run_for(milliseconds(900));
  EXPECT_EQ(fired, 3);
}

}  // namespace
}  // namespace breakwater::net
