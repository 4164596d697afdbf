#include "categories/host_index.h"

#include <cstddef>
#include <map>
#include <string>
#include <utility>

#include <openssl/rand.h>

namespace breakwater::categories {
namespace {

constexpr std::size_t kLoadPercent = 85;
constexpr std::size_t kLeastBuckets = 256;  // whose places tell 8 bits of a hash
constexpr std::size_t kRoomForTheRest = 1 << 20;
constexpr std::size_t kFilterBits = 12;  // of an entry: 2 to 3 of 100 names that are not listed pass

// What no host begins with.
constexpr char kNetwork = '\1';
constexpr char kUrl = '\2';

}  // namespace

std::optional<SipKey> random_key() {
  SipKey key;
  static_assert(sizeof key == 16);
  if (RAND_bytes(reinterpret_cast<unsigned char*>(&key), sizeof key) != 1) return std::nullopt;
  return key;
}

std::uint64_t network_key(const SipKey& key, const IpAddress& address, std::uint8_t prefix) {
  std::array<char, 18> text{kNetwork, static_cast<char>(prefix)};
  const auto& bytes = address.bytes();
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const auto kept = std::clamp(static_cast<int>(prefix) - static_cast<int>(8 * i), 0, 8);
    text[2 + i] = static_cast<char>(bytes[i] & 0xff00 >> kept);
  }
  return host_key(key, {text.data(), text.size()});
}

std::uint64_t url_key(const SipKey& key, std::string_view match_text) {
  std::string text(1, kUrl);
  return host_key(key, text.append(match_text));
}

HostKinds& HostKinds::operator|=(const HostKinds& other) {
  for (std::size_t i = 0; i < prefixes.size(); ++i)
    prefixes[i] |= other.prefixes[i];
  urls += other.urls;
  return *this;
}

std::optional<HostIndex> HostIndex::load(const Image& image) {
  const auto header = image.array<Header>(Section::host_index);
  const auto filter = image.array<std::uint64_t>(Section::host_filter);
  const auto buckets = image.array<Bucket>(Section::host_buckets);
  if (!header || header->size() != 1 || !buckets || !filter) return std::nullopt;
  if (header->front().home_buckets > buckets->size() || filter->empty() != buckets->empty()) return std::nullopt;
  HostIndex index;
  index.header_ = header->front();
  index.filter_ = *filter;
  index.buckets_ = *buckets;
  return index;
}

template <class Visit>
void HostIndexBuilder::for_each(Visit&& visit) const {
  for (const auto& [id, hosts, expired] : lists_) {
    std::uint64_t last_hash = 0;
    bool last_except = false;
    for (std::size_t i = 0; i < hosts.hashes.size(); ++i) {
      const auto hash = hosts.hashes[i];
      const auto target = make_target(id, hosts.lines[i]);
      if (!expired.holds(hosts.lines[i]) || (hash == last_hash && is_except(target) == last_except)) continue;
      last_hash = hash;
      last_except = is_except(target);
      visit(hash, target);
    }
  }
}

/// The first slot of each home bucket's entries, which stand there, or where those before them end; at last the end.
std::vector<std::size_t> HostIndexBuilder::first_slots(std::size_t home_buckets) const {
  std::vector<std::size_t> slots(home_buckets + 1);
  for_each([&](std::uint64_t hash, Target) { ++slots[HostIndex::scaled(home_buckets, hash)]; });
  std::size_t next = 0;
  for (std::size_t home = 0; home < slots.size(); ++home) {
    next = std::max(next, home * HostIndex::kSlots);
    next += std::exchange(slots[home], next);
  }
  return slots;
}

void HostIndexBuilder::put(std::span<Bucket> buckets, std::size_t slot, std::uint64_t hash, Target target) {
  auto& bucket = buckets[slot / HostIndex::kSlots];
  const auto i = slot % HostIndex::kSlots;
  bucket.low[i] = static_cast<std::uint32_t>(hash);
  bucket.high[i] = static_cast<std::uint16_t>(hash >> 32);
  bucket.lists[i] = static_cast<ListId>(list_of(target));
  bucket.lines[i] = static_cast<std::uint32_t>(target);
}

/// Leaves at most kMaxTargets of each name in the slots from `begin` to `end`. Returns where they end then.
std::size_t HostIndexBuilder::limit(std::span<Bucket> buckets, std::size_t begin, std::size_t end,
                                    const std::vector<ListInfo>& lists) {
  std::map<std::uint64_t, std::vector<Target>> names;
  for (auto slot = begin; slot < end; ++slot) {
    const auto& bucket = buckets[slot / HostIndex::kSlots];
    const auto i = slot % HostIndex::kSlots;
    names[std::uint64_t{bucket.high[i]} << 32 | bucket.low[i]].push_back(make_target(bucket.lists[i], bucket.lines[i]));
    put(buckets, slot, 0, 0);
  }
  auto next = begin;
  for (auto& [hash, targets] : names) {
    drop_excess(targets, lists);
    for (const auto target : targets)
      put(buckets, next++, hash, target);
  }
  return next;
}

void HostIndexBuilder::write(ImageWriter& image, std::vector<ListInfo>& lists) const {
  constexpr auto kSlots = HostIndex::kSlots;
  std::size_t entries = 0;
  for (const auto& list : lists_)
    entries += list.hosts.hashes.size();
  const auto home_buckets = entries == 0 ? 0 : std::max(kLeastBuckets, entries * 100 / (kLoadPercent * kSlots));
  const auto words = (entries * kFilterBits + 63) / 64;
  auto slots = first_slots(home_buckets);
  const auto bucket_count = (slots.back() + kSlots - 1) / kSlots;
  image.reserve(words * sizeof(std::uint64_t) + bucket_count * sizeof(Bucket) + kRoomForTheRest);

  const HostIndex::Header header{key_, home_buckets, words, kinds_};
  image.add(Section::host_index, std::span{&header, 1});
  const auto filter = image.add_array<std::uint64_t>(Section::host_filter, words);
  for_each([&](std::uint64_t hash, Target) { filter[HostIndex::scaled(words, hash)] |= HostIndex::filter_bits(hash); });

  const auto buckets = image.add_array<Bucket>(Section::host_buckets, bucket_count);
  for_each([&](std::uint64_t hash, Target target) {
    put(buckets, slots[HostIndex::scaled(home_buckets, hash)]++, hash, target);
    ++lists[list_of(target)].entries;
  });
  std::size_t begin = 0;
  for (std::size_t home = 0; home < home_buckets; ++home) {
    begin = std::max(begin, home * kSlots);
    auto end = slots[home];
    if (end - begin > kMaxTargets) end = limit(buckets, begin, end, lists);
    for (auto bucket = home; (bucket + 1) * kSlots < end; ++bucket)
      buckets[bucket].goes_on = 1;
    begin = slots[home];
  }
}

}  // namespace breakwater::categories
