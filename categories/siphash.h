#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace breakwater::categories {

struct SipKey {
  std::uint64_t k0 = 0;
  std::uint64_t k1 = 0;
};

/// SipHash-c-d (Aumasson and Bernstein, 2012) of `text`: a keyed hash for which nobody without the key can make names
/// that collide. SipHash-1-3 is what hash tables use; 2-4 is the variant with published vectors.
template <int CompressionRounds = 1, int FinalRounds = 3>
std::uint64_t siphash(const SipKey& key, std::string_view text) {
  std::uint64_t v0 = key.k0 ^ 0x736f6d6570736575;
  std::uint64_t v1 = key.k1 ^ 0x646f72616e646f6d;
  std::uint64_t v2 = key.k0 ^ 0x6c7967656e657261;
  std::uint64_t v3 = key.k1 ^ 0x7465646279746573;
  const auto rounds = [&](int count) {
    for (int i = 0; i < count; ++i) {
      v0 += v1;
      v2 += v3;
      v1 = std::rotl(v1, 13) ^ v0;
      v3 = std::rotl(v3, 16) ^ v2;
      v0 = std::rotl(v0, 32);
      v2 += v1;
      v0 += v3;
      v1 = std::rotl(v1, 17) ^ v2;
      v3 = std::rotl(v3, 21) ^ v0;
      v2 = std::rotl(v2, 32);
    }
  };
  const auto absorb = [&](std::uint64_t word) {
    v3 ^= word;
    rounds(CompressionRounds);
    v0 ^= word;
  };
  const std::uint64_t length = text.size();
  for (; text.size() >= sizeof(std::uint64_t); text.remove_prefix(sizeof(std::uint64_t))) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data(), sizeof word);
    absorb(word);
  }
  // The last bytes as the upper end of the last whole word that there is, without a loop of unforeseeable length.
  std::uint64_t last = 0;
  if (length >= sizeof last) {
    std::memcpy(&last, text.data() + text.size() - sizeof last, sizeof last);
    last = last >> 8 * (sizeof last - 1 - text.size()) >> 8;
  } else {
    std::memcpy(&last, text.data(), text.size());
  }
  absorb(last | length << 56);
  v2 ^= 0xff;
  rounds(FinalRounds);
  return v0 ^ v1 ^ v2 ^ v3;
}

}  // namespace breakwater::categories
