#include "bench/e2e/histogram.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace breakwater::bench {

// Values below 2^kSubBits have a bucket each. Above, the exponent picks a row of 2^kSubBits buckets and the bits below
// the leading one pick the bucket in it.
std::size_t Histogram::bucket_of(std::uint64_t value) {
  value = std::min(value, (std::uint64_t{1} << (kTopBit + 1)) - 1);
  const auto width = static_cast<unsigned>(std::bit_width(value));
  if (width <= kSubBits) return value;
  const unsigned row = width - kSubBits;
  return (std::size_t{row} << kSubBits) + ((value >> (row - 1)) - (std::uint64_t{1} << kSubBits));
}

std::uint64_t Histogram::upper_bound_of(std::size_t bucket) {
  const std::uint64_t row = bucket >> kSubBits;
  const std::uint64_t column = bucket & ((std::uint64_t{1} << kSubBits) - 1);
  if (row == 0) return column;
  return ((column + (std::uint64_t{1} << kSubBits) + 1) << (row - 1)) - 1;
}

void Histogram::add(std::chrono::nanoseconds value) {
  ++buckets_[bucket_of(static_cast<std::uint64_t>(std::max<std::int64_t>(value.count(), 0)))];
  ++count_;
  max_ = std::max(max_, value);
}

std::chrono::nanoseconds Histogram::quantile(double fraction) const {
  const auto wanted = static_cast<std::uint64_t>(std::ceil(fraction * static_cast<double>(count_)));
  std::uint64_t seen = 0;
  for (std::size_t bucket = 0; bucket < kBuckets; ++bucket) {
    seen += buckets_[bucket];
    if (seen != 0 && seen >= wanted) {
      return std::min(max_, std::chrono::nanoseconds(static_cast<std::int64_t>(upper_bound_of(bucket))));
    }
  }
  return max_;
}

}  // namespace breakwater::bench
