#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace breakwater::telemetry {

/// What is timed.
enum class Timed : std::uint8_t {
  decision,    ///< the engine's, of one request or hello
  first_byte,  ///< from a request's first byte to the head of the origin's answer
  record,      ///< until an attempt is on disk
  tunnel,      ///< from its opening to its end
};

/// How each is told of, and where its buckets end: microseconds, the last bucket has no end.
struct TimedKind {
  std::string_view name;
  std::string_view help;
  std::array<std::uint64_t, 12> bounds;
};
inline constexpr std::array<TimedKind, 4> kTimed{{
    {"decision",
     "The engine's decision on a request or a server name",
     {1, 2, 5, 10, 20, 50, 100, 200, 500, 1'000, 5'000, 20'000}},
    {"first_byte",
     "From a plain request's first byte to the head of the origin's answer",
     {500, 1'000, 2'000, 5'000, 10'000, 20'000, 50'000, 100'000, 200'000, 500'000, 2'000'000, 10'000'000}},
    {"record",
     "Until a blocked attempt is on disk",
     {200, 500, 1'000, 2'000, 5'000, 10'000, 20'000, 50'000, 100'000, 500'000, 1'000'000, 5'000'000}},
    {"tunnel",
     "From a tunnel's opening to its end",
     {100'000, 500'000, 1'000'000, 5'000'000, 15'000'000, 60'000'000, 300'000'000, 900'000'000, 3'600'000'000,
      14'400'000'000, 43'200'000'000, 86'400'000'000}},
}};
inline constexpr std::size_t kTimingBuckets = std::tuple_size_v<decltype(TimedKind::bounds)> + 1;

struct TimingTotal {
  Timed timed;
  std::array<std::uint64_t, kTimingBuckets> buckets;  ///< each by itself
  std::uint64_t sum_us;
};

/// Of one worker: its thread adds, any thread reads. On a cache line of its own.
class alignas(64) Timings {
 public:
  void add(Timed timed, std::chrono::nanoseconds took) {
    const auto kind = static_cast<std::size_t>(timed);
    const auto& bounds = kTimed[kind].bounds;
    const auto ns = static_cast<std::uint64_t>(std::max<std::int64_t>(took.count(), 0));
    std::size_t bucket = 0;
    while (bucket < bounds.size() && ns > bounds[bucket] * 1000)
      ++bucket;
    counts_[kind][bucket].fetch_add(1, std::memory_order_relaxed);
    sums_ns_[kind].fetch_add(ns, std::memory_order_relaxed);
  }

  void add_to(TimingTotal& total) const {
    const auto kind = static_cast<std::size_t>(total.timed);
    for (std::size_t i = 0; i < kTimingBuckets; ++i)
      total.buckets[i] += counts_[kind][i].load(std::memory_order_relaxed);
    total.sum_us += sums_ns_[kind].load(std::memory_order_relaxed) / 1000;
  }

 private:
  std::array<std::array<std::atomic<std::uint64_t>, kTimingBuckets>, kTimed.size()> counts_{};
  std::array<std::atomic<std::uint64_t>, kTimed.size()> sums_ns_{};
};

/// The sums over all workers, in the order of the table.
inline std::vector<TimingTotal> totals(std::span<const Timings* const> workers) {
  std::vector<TimingTotal> sums;
  sums.reserve(kTimed.size());
  for (std::size_t kind = 0; kind < kTimed.size(); ++kind) {
    TimingTotal total{static_cast<Timed>(kind), {}, 0};
    for (const auto* worker : workers)
      worker->add_to(total);
    sums.push_back(total);
  }
  return sums;
}

}  // namespace breakwater::telemetry
