#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "categories/host.h"
#include "categories/image.h"
#include "categories/siphash.h"
#include "categories/target.h"

namespace breakwater::categories {

/// A hash table of listed hosts, used in place from an image: buckets of eight 64-bit keyed hashes, which fill a cache
/// line, and on the next line what they stand for; 20 bytes an entry. Entries are sorted by hash and a bucket that is
/// full goes on in the next one, so that a miss reads little more than one cache line for each suffix of the host.
/// Names are not kept: two names are taken for one with a chance of entries / 2^64, and nobody can arrange it without
/// the key.
class HostIndex {
 public:
  /// nullopt: the sections do not fit each other, or an entry names a list that is not there.
  static std::optional<HostIndex> load(const Image& image, std::size_t lists);

  /// Calls `found(Target)` for each entry that covers the host: the host itself, and for a domain its parents as well,
  /// save the top-level domain, which cannot be listed.
  template <class Found>
  void find(const Host& host, Found&& found) const {
    if (buckets_.empty()) return;
    std::array<std::uint64_t, kMaxSuffixes> suffixes;
    std::size_t count = 0;
    for (std::string_view rest = host.text(); !rest.empty();) {
      suffixes[count] = hash(rest);
      __builtin_prefetch(&buckets_[bucket(suffixes[count])]);
      ++count;
      const auto dot = rest.find('.');
      if (host.is_literal() || dot == std::string_view::npos) break;
      rest.remove_prefix(dot + 1);
      if (rest.find('.') == std::string_view::npos) break;
    }
    for (std::size_t i = 0; i < count; ++i)
      probe(suffixes[i], found);
  }

 private:
  friend class HostIndexBuilder;
  static constexpr std::size_t kSlots = 8;
  static constexpr std::size_t kMaxSuffixes = 127;  ///< labels of a name of 253 bytes
  struct Bucket {
    std::array<std::uint64_t, kSlots> hashes{};  ///< sorted; 0 marks an empty slot
    std::array<Target, kSlots> targets{};
  };
  struct Header {
    SipKey key;
    std::uint64_t home_buckets = 0;  ///< where a hash may begin; the few buckets after them only take what overflows
  };

  static std::uint64_t hash(const SipKey& key, std::string_view text) {
    const auto value = siphash(key, text);
    return value ? value : 1;
  }
  /// Keeps the order: a greater hash never has a smaller bucket.
  static std::size_t bucket(std::uint64_t home_buckets, std::uint64_t hash) {
    __extension__ using Wide = unsigned __int128;
    return static_cast<std::size_t>(Wide{hash} * home_buckets >> 64);
  }
  std::uint64_t hash(std::string_view text) const { return hash(header_.key, text); }
  std::size_t bucket(std::uint64_t hash) const { return bucket(header_.home_buckets, hash); }

  template <class Found>
  void probe(std::uint64_t hash, Found& found) const {
    for (auto at = bucket(hash); at < buckets_.size(); ++at) {
      const auto& [hashes, targets] = buckets_[at];
      unsigned equal = 0;
      for (std::size_t i = 0; i < kSlots; ++i)
        equal |= unsigned{hashes[i] == hash} << i;
      for (; equal; equal &= equal - 1)
        found(targets[static_cast<std::size_t>(std::countr_zero(equal))]);
      if (hashes.back() == 0 || hashes.back() > hash) return;
    }
  }

  Header header_;
  std::span<const Bucket> buckets_;
};

/// A fresh random key, or nullopt where the system gives no randomness.
std::optional<SipKey> random_key();

/// Collects hosts and writes the sections of a HostIndex.
class HostIndexBuilder {
 public:
  explicit HostIndexBuilder(const SipKey& key) : key_(key) {}
  void add(std::string_view host, Target target) { entries_.push_back({HostIndex::hash(key_, host), target}); }
  /// Counts the entries of each list. Empties the builder.
  void write(ImageWriter& image, std::vector<ListInfo>& lists);

 private:
  struct Entry {
    std::uint64_t hash = 0;
    Target target = 0;
    bool operator<(const Entry& other) const { return hash != other.hash ? hash < other.hash : target < other.target; }
  };
  void limit(std::vector<ListInfo>& lists);

  SipKey key_;
  std::vector<Entry> entries_;
};

}  // namespace breakwater::categories
