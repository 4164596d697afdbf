#include "categories/host_index.h"

#include <cstddef>
#include <string>

#include <openssl/rand.h>

namespace breakwater::categories {
namespace {

constexpr std::size_t kSlotsPerEntry100 = 125;  // a load of 0.8
constexpr std::size_t kFilterBits = 12;         // of an entry: 2 to 3 of 100 names that are not listed pass

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

/// Hashes are spread evenly: each goes to its stretch of the table at once, and only within these is anything compared.
void HostIndexBuilder::sort() {
  const auto stretches = entries_.size() / 8 + 1;
  std::vector<std::uint32_t> begins(stretches + 1);
  for (const auto& entry : entries_)
    ++begins[HostIndex::scaled(stretches, entry.hash) + 1];
  for (std::size_t i = 1; i < begins.size(); ++i)
    begins[i] += begins[i - 1];
  std::vector<Entry> sorted(entries_.size());
  auto next = begins;
  for (const auto& entry : entries_)
    sorted[next[HostIndex::scaled(stretches, entry.hash)]++] = entry;
  entries_ = std::move(sorted);
  const auto at = [this](std::size_t place) { return entries_.begin() + static_cast<std::ptrdiff_t>(place); };
  for (std::size_t i = 0; i < stretches; ++i)
    std::sort(at(begins[i]), at(begins[i + 1]));
}

/// Goes through the runs of equal hashes and closes the gaps that limit_targets() leaves.
void HostIndexBuilder::limit(std::vector<ListInfo>& lists) {
  std::vector<Target> targets;
  std::size_t kept = 0;
  for (std::size_t begin = 0, end = 0; begin < entries_.size(); begin = end) {
    const auto hash = entries_[begin].hash;
    targets.clear();
    for (end = begin; end < entries_.size() && entries_[end].hash == hash; ++end)
      targets.push_back(entries_[end].target);
    limit_targets(targets, lists);
    for (const auto target : targets)
      entries_[kept++] = {hash, target};
  }
  entries_.resize(kept);
}

void HostIndexBuilder::write(ImageWriter& image, std::vector<ListInfo>& lists) {
  sort();
  limit(lists);

  // An entry stands in its bucket, or right after its predecessor where that overflowed.
  constexpr auto kSlots = HostIndex::kSlots;
  const std::size_t home_buckets = entries_.empty() ? 0 : (entries_.size() * kSlotsPerEntry100 / 100 + kSlots) / kSlots;
  const auto place = [home_buckets](std::size_t next, const Entry& entry) {
    return std::max(next, HostIndex::scaled(home_buckets, entry.hash) * kSlots);
  };
  std::size_t next = 0;
  for (const auto& entry : entries_)
    next = place(next, entry) + 1;
  const auto buckets = std::max(home_buckets, (next + kSlots - 1) / kSlots);
  const auto words = (entries_.size() * kFilterBits + 63) / 64;

  const HostIndex::Header header{key_, home_buckets, words, kinds_};
  image.add(Section::host_index, std::span{&header, 1});
  {
    const auto room = image.add(Section::host_filter, words * sizeof(std::uint64_t));
    for (const auto& entry : entries_) {
      auto* const at = &room[HostIndex::scaled(words, entry.hash) * sizeof(std::uint64_t)];
      std::uint64_t word = 0;
      std::memcpy(&word, at, sizeof word);
      word |= HostIndex::filter_bits(entry.hash);
      std::memcpy(at, &word, sizeof word);
    }
  }
  const auto room = image.add(Section::host_buckets, buckets * sizeof(HostIndex::Bucket));
  const auto put = [room](std::size_t at, const auto& value) { std::memcpy(&room[at], &value, sizeof value); };
  next = 0;
  for (const auto& entry : entries_) {
    next = place(next, entry);
    const auto bucket = next / kSlots * sizeof(HostIndex::Bucket);
    const auto slot = next % kSlots * sizeof(std::uint64_t);
    put(bucket + offsetof(HostIndex::Bucket, hashes) + slot, entry.hash);
    put(bucket + offsetof(HostIndex::Bucket, targets) + slot, entry.target);
    ++next;
  }
  entries_ = {};
}

}  // namespace breakwater::categories
