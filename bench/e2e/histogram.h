#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace breakwater::bench {

/// Log-linear histogram of durations from 0 to about 137 s: each power of two is cut into 64 equal buckets, so a
/// quantile is off by less than 1.6 %. Adding is a few instructions and never allocates.
class Histogram {
 public:
  void add(std::chrono::nanoseconds value);

  std::uint64_t count() const { return count_; }
  std::chrono::nanoseconds max() const { return max_; }

  /// The smallest bucket bound that at least `fraction` (0 to 1) of the values do not exceed; 0 when empty.
  std::chrono::nanoseconds quantile(double fraction) const;

 private:
  static constexpr unsigned kSubBits = 6;
  static constexpr unsigned kTopBit = 36;
  static constexpr std::size_t kBuckets = std::size_t{kTopBit - kSubBits + 2} << kSubBits;

  static std::size_t bucket_of(std::uint64_t value);
  static std::uint64_t upper_bound_of(std::size_t bucket);

  std::array<std::uint64_t, kBuckets> buckets_{};
  std::uint64_t count_ = 0;
  std::chrono::nanoseconds max_{0};
};

}  // namespace breakwater::bench
