#include "proxy/telemetry/sight.h"

#include <gmock/gmock.h>

#include "proxy/telemetry/timings.h"

namespace breakwater::telemetry {
namespace {

using std::chrono::microseconds;
using std::chrono::nanoseconds;

TEST(Sightings, EachIsCountedByItself) {
  Sightings one;
  Sightings other;
  const std::array<const Sightings*, 2> workers{&one, &other};
  std::uint64_t value = 0;
  for (const auto& total : totals(workers)) {
    one.add(total.way, total.sight, total.seen, ++value);
    other.add(total.way, total.sight, total.seen);
  }
  std::uint64_t expected = 0;
  for (const auto& total : totals(workers))
    EXPECT_EQ(total.value, ++expected + 1);
  EXPECT_EQ(expected, kWayNames.size() * kSightNames.size() * kSeenNames.size());
}

TEST(Timings, ATimeFallsIntoTheBucketThatItDoesNotExceed) {
  struct Row {
    nanoseconds took;
    std::size_t bucket;
  };
  const Row rows[] = {{nanoseconds(-5), 0},   {nanoseconds(0), 0},        {microseconds(1), 0},
                      {nanoseconds(1001), 1}, {microseconds(20'000), 11}, {nanoseconds(20'000'001), 12}};
  for (const auto& [took, bucket] : rows) {
    Timings timings;
    timings.add(Timed::decision, took);
    const std::array<const Timings*, 1> workers{&timings};
    const auto all = totals(workers);
    for (std::size_t i = 0; i < kTimingBuckets; ++i)
      EXPECT_EQ(all[0].buckets[i], i == bucket ? 1U : 0U) << took.count() << " ns";
    EXPECT_EQ(all[0].sum_us, static_cast<std::uint64_t>(std::max<std::int64_t>(took.count(), 0)) / 1000);
    for (std::size_t kind = 1; kind < all.size(); ++kind)
      EXPECT_EQ(all[kind].buckets, decltype(TimingTotal::buckets){});
  }
}

TEST(Timings, BucketsRise) {
  for (const auto& kind : kTimed)
    EXPECT_TRUE(std::is_sorted(kind.bounds.begin(), kind.bounds.end())) << kind.name;
}

}  // namespace
}  // namespace breakwater::telemetry
