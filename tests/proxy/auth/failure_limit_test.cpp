#include "proxy/auth/failure_limit.h"

#include <gtest/gtest.h>

namespace breakwater::auth {
namespace {

using namespace std::chrono_literals;

class FailureLimitTest : public testing::Test {
 protected:
  void fail(std::string_view key, unsigned times) {
    for (unsigned i = 0; i < times; ++i)
      limit.failed(key, now);
  }
  std::chrono::seconds wait(std::string_view key) {
    return std::chrono::duration_cast<std::chrono::seconds>(limit.opens(key, now) - now);
  }

  FailureLimit limit;
  FailureLimit::Time now{1000h};
};

TEST_F(FailureLimitTest, EachFailureDoublesTheDelayUpToAMinute) {
  fail("ann", FailureLimit::kFree - 1);
  EXPECT_LE(wait("ann"), 0s);
  for (const auto delay : {1s, 2s, 4s, 8s, 16s, 32s, 60s, 60s}) {
    fail("ann", 1);
    EXPECT_EQ(wait("ann"), delay);
  }
  EXPECT_LE(wait("bob"), 0s);
  now += 59s;
  EXPECT_EQ(wait("ann"), 1s);
  now += 1s;
  EXPECT_LE(wait("ann"), 0s);
}

TEST_F(FailureLimitTest, IsForgottenAfterASuccessOrSilence) {
  fail("ann", 9);
  limit.succeeded("ann");
  EXPECT_LE(wait("ann"), 0s);
  fail("ann", 9);
  now += FailureLimit::kForget;
  EXPECT_LE(wait("ann"), 0s);
  fail("ann", 1);
  EXPECT_LE(wait("ann"), 0s);
}

TEST_F(FailureLimitTest, TheOldestGoesWhereThereIsNoRoom) {
  fail("ann", 9);
  fail("bob", 9);
  fail("ann", 1);  // the later one
  for (std::size_t i = 0; i < FailureLimit::kMost - 1; ++i)
    fail(std::to_string(i), 1);
  EXPECT_EQ(limit.size(), FailureLimit::kMost);
  EXPECT_LE(wait("bob"), 0s);
  EXPECT_GT(wait("ann"), 0s);
}

}  // namespace
}  // namespace breakwater::auth
