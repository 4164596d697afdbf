#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "categories/expired_lines.h"
#include "categories/host.h"
#include "categories/image.h"
#include "categories/siphash.h"
#include "categories/target.h"

namespace breakwater::categories {

/// A fresh random key, or nullopt where the system gives no randomness.
std::optional<SipKey> random_key();

/// The hash under which a host stands in an index; its lower 48 bits are never 0.
inline std::uint64_t host_key(const SipKey& key, std::string_view text) {
  const auto value = siphash(key, text);
  return value << 16 ? value : value | 1;
}
/// The same of a network, and of the beginning of a match text that ends at one of the places that find_urls() looks
/// at. Neither is taken for a host, nor one for the other.
std::uint64_t network_key(const SipKey& key, const IpAddress& address, std::uint8_t prefix);
std::uint64_t url_key(const SipKey& key, std::string_view match_text);

/// What an index holds beside names, so that nobody asks for what is not there.
struct HostKinds {
  std::array<std::uint64_t, 3> prefixes{};  ///< of networks, a bit for each length of 0 to 128 bits
  std::uint64_t urls = 0;                   ///< how many
  void add_prefix(std::uint8_t prefix) { prefixes[prefix / 64] |= std::uint64_t{1} << prefix % 64; }
  HostKinds& operator|=(const HostKinds& other);
};

/// The hosts of one list as keyed hashes, sorted, and their lines, sorted where a hash stands more than once.
struct HashedHosts {
  std::span<const std::uint64_t> hashes;
  std::span<const std::uint32_t> lines;  ///< of the hashes; may carry kExceptLine
};

/// A hash table of listed hosts, used in place from an image. A bucket is a cache line of five entries: 48 bits of the
/// keyed hash, of which the bucket's place tells the rest, and where the entry stands. What a bucket has no room for
/// stands in the next ones. Before them stands a filter, a Bloom filter of 12 bits an entry of which each name has its
/// four bits in one word: at five million entries it still fits a last-level cache, so that most names that are not
/// listed cost no access to memory. 16.6 bytes an entry in all. Names are not kept: two names are taken for one with a
/// chance of entries / 2^64, of a small index of entries / 2^56, and nobody can arrange it without the key.
class HostIndex {
 public:
  /// nullopt: the sections do not fit each other.
  static std::optional<HostIndex> load(const Image& image);

  /// Calls `found(Target)` for each entry that covers the host: the host itself, for a domain its parents as well (save
  /// the top-level domain, which cannot be listed), for an address the networks that hold it.
  template <class Found>
  void find(const Host& host, Found&& found) const {
    if (buckets_.empty()) return;
    Probes probes;
    if (host.is_literal()) add_networks(host.address(), probes);
    for (std::string_view rest = host.text();;) {
      probes.add(*this, host_key(header_.key, rest));
      const auto dot = host.is_literal() ? std::string_view::npos : rest.find('.');
      if (dot == std::string_view::npos) break;
      rest.remove_prefix(dot + 1);
      if (rest.find('.') == std::string_view::npos) break;
    }
    probes.run(*this, found);
  }

  bool has_urls() const { return header_.kinds.urls > 0; }
  /// The same for URLs of which only hashes are kept. They are looked for at each of the last kMaxUrlLabels labels of
  /// the host, and there at the first kMaxUrlCuts places where a directory ends, before the query, and as a whole.
  template <class Found>
  void find_urls(const Host& host, std::string_view match_text, Found&& found) const {
    const auto name = host.text();
    for (std::size_t label = 0, at = name.size(); label < kMaxUrlLabels && at > 0; ++label) {
      // A name of more labels cannot hide the domain that somebody registered.
      const auto dot = host.is_literal() ? std::string_view::npos : name.substr(0, at - 1).rfind('.');
      at = dot == std::string_view::npos ? 0 : dot + 1;
      for_each_cut(match_text.substr(at), name.size() - at,
                   [&](std::string_view beginning) { probe(url_key(header_.key, beginning), found); });
    }
  }

 private:
  friend class HostIndexBuilder;
  static constexpr std::size_t kSlots = 5;
  /// An address and all prefixes that HostKinds has room for; a name of 253 bytes has 127 labels.
  static constexpr std::size_t kMaxProbes = 1 + 3 * 64;
  static constexpr std::size_t kMaxUrlCuts = 32;
  static constexpr std::size_t kMaxUrlLabels = 16;
  struct Bucket {
    std::array<std::uint32_t, kSlots> low{};   ///< bits 0 to 31 of the hash
    std::array<std::uint16_t, kSlots> high{};  ///< bits 32 to 47; both 0: an empty slot
    std::array<ListId, kSlots> lists{};
    std::array<std::uint32_t, kSlots> lines{};
    std::uint32_t goes_on = 0;  ///< 1: an entry of this bucket or one before it stands behind it
  };
  static_assert(sizeof(Bucket) == 64);
  struct Header {
    SipKey key;
    std::uint64_t home_buckets = 0;  ///< where a hash may begin; the few buckets after them only take what overflows
    std::uint64_t filter_words = 0;
    HostKinds kinds;
  };

  /// Hashes that are asked for together, so that one waits for memory while the others do.
  class Probes {
   public:
    void add(const HostIndex& index, std::uint64_t hash) {
      __builtin_prefetch(&index.filter_[scaled(index.filter_.size(), hash)]);
      hashes_[count_++] = hash;
    }
    template <class Found>
    void run(const HostIndex& index, Found& found) {
      std::size_t listed = 0;
      for (std::size_t i = 0; i < count_; ++i) {
        if (!index.may_hold(hashes_[i])) continue;
        const auto* bucket = &index.buckets_[scaled(index.header_.home_buckets, hashes_[i])];
        __builtin_prefetch(bucket);
        hashes_[listed++] = hashes_[i];
      }
      for (std::size_t i = 0; i < listed; ++i)
        index.probe(hashes_[i], found);
    }

   private:
    std::array<std::uint64_t, kMaxProbes> hashes_;
    std::size_t count_ = 0;
  };

  /// `hash` scaled to 0..size-1. Keeps the order: a greater hash never has a smaller place.
  static std::size_t scaled(std::size_t size, std::uint64_t hash) {
    __extension__ using Wide = unsigned __int128;
    return static_cast<std::size_t>(Wide{hash} * size >> 64);
  }
  /// The bits of a name in its word of the filter, from the end of the hash that its place does not depend on.
  static std::uint64_t filter_bits(std::uint64_t hash) {
    return std::uint64_t{1} << (hash & 63) | std::uint64_t{1} << (hash >> 6 & 63) |
           std::uint64_t{1} << (hash >> 12 & 63) | std::uint64_t{1} << (hash >> 18 & 63);
  }
  bool may_hold(std::uint64_t hash) const {
    const auto bits = filter_bits(hash);
    return (filter_[scaled(filter_.size(), hash)] & bits) == bits;
  }

  template <class Found>
  void probe(std::uint64_t hash, Found& found) const {
    const auto low = static_cast<std::uint32_t>(hash);
    const auto high = static_cast<std::uint16_t>(hash >> 32);
    for (auto at = scaled(header_.home_buckets, hash); at < buckets_.size(); ++at) {
      const auto& bucket = buckets_[at];
      unsigned equal = 0;
      for (std::size_t i = 0; i < kSlots; ++i)
        equal |= (unsigned{bucket.low[i] == low} & unsigned{bucket.high[i] == high}) << i;
      for (; equal; equal &= equal - 1) {
        const auto i = static_cast<std::size_t>(std::countr_zero(equal));
        found(make_target(bucket.lists[i], bucket.lines[i]));
      }
      if (!bucket.goes_on) return;
    }
  }

  void add_networks(const IpAddress& address, Probes& probes) const {
    for (std::size_t word = 0; word < header_.kinds.prefixes.size(); ++word)
      for (auto bits = header_.kinds.prefixes[word]; bits; bits &= bits - 1) {
        const auto prefix = static_cast<std::uint8_t>(word * 64 + static_cast<std::size_t>(std::countr_zero(bits)));
        probes.add(*this, network_key(header_.key, address, prefix));
      }
  }

  template <class Visit>
  static void for_each_cut(std::string_view text, std::size_t host_length, Visit&& visit) {
    const auto path_end = std::min(text.find('?'), text.size());
    std::size_t cut = 0;
    std::size_t cuts = 0;
    for (auto slash = text.find('/', host_length); slash < path_end && cuts < kMaxUrlCuts; ++cuts) {
      cut = slash + 1;
      visit(text.substr(0, cut));
      slash = text.find('/', cut);
    }
    if (cut < path_end) visit(text.substr(0, path_end));
    if (path_end < text.size()) visit(text);
  }

  Header header_;
  std::span<const std::uint64_t> filter_;
  std::span<const Bucket> buckets_;
};

/// Collects hosts and writes the sections of a HostIndex.
class HostIndexBuilder {
 public:
  explicit HostIndexBuilder(const SipKey& key) : key_(key) {}
  /// What is added must stay where it is until write(). Lists come in the order of their ids.
  void add(ListId list, const HashedHosts& hosts, ExpiredLines expired = {}) {
    lists_.push_back({list, hosts, std::move(expired)});
  }
  void add(const HostKinds& kinds) { kinds_ |= kinds; }
  /// Counts the entries of each list.
  void write(ImageWriter& image, std::vector<ListInfo>& lists) const;

 private:
  using Bucket = HostIndex::Bucket;
  struct List {
    ListId id = 0;
    HashedHosts hosts;
    ExpiredLines expired;
  };
  /// Calls `visit(hash, Target)` for each entry that holds, of what a list says twice for the first line alone.
  template <class Visit>
  void for_each(Visit&& visit) const;
  std::vector<std::size_t> first_slots(std::size_t home_buckets) const;
  static void put(std::span<Bucket> buckets, std::size_t slot, std::uint64_t hash, Target target);
  static std::size_t limit(std::span<Bucket> buckets, std::size_t begin, std::size_t end,
                           const std::vector<ListInfo>& lists);

  SipKey key_;
  HostKinds kinds_;
  std::vector<List> lists_;
};

}  // namespace breakwater::categories
