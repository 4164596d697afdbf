#include "rules/network_index.h"

#include <algorithm>

namespace breakwater::rules {

categories::Network network_of(const categories::IpAddress& address, std::uint8_t prefix) {
  auto bytes = address.bytes();
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const auto kept = std::clamp(static_cast<int>(prefix) - static_cast<int>(8 * i), 0, 8);
    bytes[i] = static_cast<std::uint8_t>(bytes[i] & (0xff00U >> static_cast<unsigned>(kept)));
  }
  return {categories::IpAddress(bytes), prefix};
}

NetworkIndex::NetworkIndex(std::vector<Entry> entries) : entries_(std::move(entries)) {
  std::sort(entries_.begin(), entries_.end());
  for (const auto& [network, group] : entries_)
    prefixes_.push_back(network.prefix);
  std::sort(prefixes_.rbegin(), prefixes_.rend());
  prefixes_.erase(std::unique(prefixes_.begin(), prefixes_.end()), prefixes_.end());
}

std::optional<GroupId> NetworkIndex::find(const categories::IpAddress& address) const {
  for (const auto prefix : prefixes_) {
    const auto network = network_of(address, prefix);
    const auto found = std::lower_bound(entries_.begin(), entries_.end(), network,
                                        [](const Entry& entry, const auto& wanted) { return entry.first < wanted; });
    if (found != entries_.end() && found->first == network) return found->second;
  }
  return std::nullopt;
}

}  // namespace breakwater::rules
