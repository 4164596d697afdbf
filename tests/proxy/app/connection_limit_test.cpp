#include "proxy/app/connection_limit.h"

#include <gtest/gtest.h>

namespace breakwater::app {
namespace {

TEST(ConnectionLimit, HoldsPerClientAndInAll) {
  ConnectionLimit limit(3, 2);
  const auto one = *categories::IpAddress::parse("192.0.2.1");
  const auto two = *categories::IpAddress::parse("192.0.2.2");
  auto first = limit.enter(one);
  auto second = limit.enter(one);
  EXPECT_TRUE(first && second);
  EXPECT_FALSE(limit.enter(one));  // two from one client
  auto third = limit.enter(two);
  EXPECT_TRUE(third);
  EXPECT_FALSE(limit.enter(two));  // three in all
  first.reset();
  EXPECT_TRUE(limit.enter(two));  // counted and given back at once
  const auto moved = std::move(*second);
  second.reset();
  EXPECT_TRUE(limit.enter(one));  // a place that was moved away is given back once
  EXPECT_TRUE(limit.enter(two));
  EXPECT_EQ(limit.take_seen(), (ConnectionLimit::Clients{one, two}));
  EXPECT_TRUE(limit.take_seen().empty());
}

TEST(ConnectionLimit, APlaceMayBeNobodysUntilItIsGiven) {
  ConnectionLimit limit(3, 1);
  const auto client = *categories::IpAddress::parse("192.0.2.1");
  auto first = limit.enter();
  auto second = limit.enter();
  auto third = limit.enter();
  EXPECT_TRUE(first && second && third);
  EXPECT_FALSE(limit.enter());  // three in all
  third.reset();
  EXPECT_TRUE(first->give_to(client));
  EXPECT_FALSE(second->give_to(client));  // one from one client
  EXPECT_FALSE(limit.enter(client));
  first.reset();
  EXPECT_TRUE(second->give_to(client));
  second.reset();
  EXPECT_TRUE(limit.enter(client));
}

}  // namespace
}  // namespace breakwater::app
