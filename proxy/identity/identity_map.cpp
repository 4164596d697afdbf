#include "proxy/identity/identity_map.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <set>

#include "rules/network_index.h"

namespace breakwater::identity {
namespace {

const Identity& or_nobody(const Identity* identity) {
  static const Identity kNobody;
  return identity ? *identity : kNobody;
}

/// What log and records call the device: where it is in no register, its MAC is all there is to find it by.
std::string label(const Identity& who) {
  return who.device.empty() && who.mac ? who.mac->to_string() : who.device;
}

}  // namespace

bool Identity::same_subject(const Identity& other) const {
  return user == other.user && device == other.device && owner == other.owner && group == other.group &&
         confidence == other.confidence;
}

std::size_t NetworkHash::operator()(const categories::Network& network) const {
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  const auto& bytes = network.address.bytes();
  std::memcpy(&high, bytes.data(), sizeof high);
  std::memcpy(&low, bytes.data() + sizeof high, sizeof low);
  constexpr std::uint64_t kOdd = 0x9e3779b97f4a7c15;
  const auto mixed = (std::rotl(high * kOdd, 29) ^ low ^ network.prefix) * kOdd;
  return mixed ^ (mixed >> 32);
}

IdentityMap::IdentityMap(Entries entries) : entries_(std::move(entries)) {
  std::set<std::uint8_t, std::greater<>> prefixes;
  for (const auto& [network, identity] : entries_)
    prefixes.insert(network.prefix);
  prefixes_.assign(prefixes.begin(), prefixes.end());
}

const Identity* IdentityMap::find(const categories::IpAddress& address) const {
  for (const auto prefix : prefixes_) {
    const auto network = prefix == 128 ? categories::Network{address, prefix} : rules::network_of(address, prefix);
    if (const auto found = entries_.find(network); found != entries_.end()) return &found->second;
  }
  return nullptr;
}

bool is_identified(const rules::Subject& subject, const Identity* identity) {
  const auto& who = or_nobody(identity);
  return subject.user == who.user && subject.device == label(who) && subject.owner == who.owner &&
         subject.device_group == who.group && subject.confidence == who.confidence;
}

void identify(rules::Subject& subject, const Identity* identity) {
  const auto& who = or_nobody(identity);
  subject.user = who.user;
  subject.device = label(who);
  subject.owner = who.owner;
  subject.device_group = who.group;
  subject.confidence = who.confidence;
}

}  // namespace breakwater::identity
