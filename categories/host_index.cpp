#include "categories/host_index.h"

#include <algorithm>
#include <cstddef>

#include <openssl/rand.h>

namespace breakwater::categories {
namespace {

constexpr std::size_t kSlotsPerEntry100 = 125;  // a load of 0.8

}  // namespace

std::optional<SipKey> random_key() {
  SipKey key;
  static_assert(sizeof key == 16);
  if (RAND_bytes(reinterpret_cast<unsigned char*>(&key), sizeof key) != 1) return std::nullopt;
  return key;
}

std::optional<HostIndex> HostIndex::load(const Image& image, std::size_t lists) {
  const auto header = image.array<Header>(Section::host_index);
  const auto buckets = image.array<Bucket>(Section::host_buckets);
  if (!header || header->size() != 1 || !buckets || header->front().home_buckets > buckets->size()) return std::nullopt;
  const auto in_range = [lists](Target target) { return list_of(target) < lists; };
  for (const auto& bucket : *buckets)
    if (!std::all_of(bucket.targets.begin(), bucket.targets.end(), in_range)) return std::nullopt;
  HostIndex index;
  index.header_ = header->front();
  index.buckets_ = *buckets;
  return index;
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
  std::sort(entries_.begin(), entries_.end());
  limit(lists);

  // An entry stands in its bucket, or right after its predecessor where that overflowed.
  constexpr auto kSlots = HostIndex::kSlots;
  const std::size_t home_buckets = entries_.empty() ? 0 : (entries_.size() * kSlotsPerEntry100 / 100 + kSlots) / kSlots;
  const auto place = [home_buckets](std::size_t next, const Entry& entry) {
    return std::max(next, HostIndex::bucket(home_buckets, entry.hash) * kSlots);
  };
  std::size_t next = 0;
  for (const auto& entry : entries_)
    next = place(next, entry) + 1;
  const auto buckets = std::max(home_buckets, (next + kSlots - 1) / kSlots);

  const HostIndex::Header header{key_, home_buckets};
  std::memcpy(image.add(Section::host_index, sizeof header).data(), &header, sizeof header);
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
