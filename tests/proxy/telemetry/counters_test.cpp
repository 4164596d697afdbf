#include "proxy/telemetry/counters.h"

#include <gtest/gtest.h>

namespace breakwater::telemetry {
namespace {

TEST(Counters, TotalsOverWorkersInTheOrderOfTheTable) {
  Counters first;
  Counters second;
  first.add(Counter::requests, 3);
  second.add(Counter::requests);
  first.add(Counter::active_connections);
  second.subtract(Counter::active_connections);  // a gauge may end on another worker than it began on
  second.add(Counter::log_failures, 7);
  const std::array<const Counters*, 2> workers{&first, &second};
  const auto sums = totals(workers);
  ASSERT_EQ(sums.size(), kCounterNames.size());
  EXPECT_EQ(sums[0].name, "accepted");
  for (const auto& [name, value] : sums)
    EXPECT_EQ(value, name == "requests" ? 4U : name == "log_failures" ? 7U : 0U) << name;
}

}  // namespace
}  // namespace breakwater::telemetry
