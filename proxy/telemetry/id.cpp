#include "proxy/telemetry/id.h"

#include <array>
#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <utility>

#include <openssl/rand.h>

namespace breakwater::telemetry {
namespace {

constexpr unsigned kHalfBits = 25;
constexpr std::uint64_t kHalfMask = (1U << kHalfBits) - 1;
constexpr std::size_t kRounds = 6;
constexpr std::uint64_t kBlock = 1024;  // counters that a thread takes at once

using Keys = std::array<std::uint64_t, kRounds>;

Keys random_keys() {
  Keys keys;
  std::array<unsigned char, sizeof(Keys)> bytes;
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) std::abort();  // a machine without randomness
  for (std::size_t i = 0; i < keys.size(); ++i)
    for (std::size_t j = 0; j < sizeof(keys[i]); ++j)
      keys[i] = keys[i] << 8U | bytes[i * sizeof(keys[i]) + j];
  return keys;
}

/// A keyed mixing of one half, by the finaliser of SplitMix64.
std::uint64_t mix(std::uint64_t half, std::uint64_t key) {
  std::uint64_t x = half + key;
  x = (x ^ x >> 30U) * 0xBF58476D1CE4E5B9U;
  x = (x ^ x >> 27U) * 0x94D049BB133111EBU;
  return (x ^ x >> 31U) & kHalfMask;
}

/// A Feistel network: whatever mix() does, two inputs never give one output.
std::uint64_t permute(std::uint64_t value, const Keys& keys) {
  std::uint64_t left = value >> kHalfBits & kHalfMask;
  std::uint64_t right = value & kHalfMask;
  for (const std::uint64_t key : keys) {
    left ^= mix(right, key);
    std::swap(left, right);
  }
  return left << kHalfBits | right;
}

std::uint64_t next_counter() {
  static std::atomic<std::uint64_t> blocks{0};
  thread_local std::uint64_t next = 0;
  if (next % kBlock == 0) next = blocks.fetch_add(1, std::memory_order_relaxed) * kBlock;
  return next++;
}

}  // namespace

std::string make_reference() {
  static const Keys keys = random_keys();
  constexpr std::string_view kAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  constexpr std::size_t kGroup = 5;
  std::uint64_t bits = permute(next_counter(), keys);
  std::string text(2 * kGroup + 1, '-');
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (i == kGroup) continue;
    text[i] = kAlphabet[bits & 31U];
    bits >>= 5U;
  }
  return text;
}

}  // namespace breakwater::telemetry
