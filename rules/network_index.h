#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "categories/ip_address.h"
#include "rules/subject.h"

namespace breakwater::rules {

/// The network of this prefix length (of the 128-bit form) in which an address lies.
categories::Network network_of(const categories::IpAddress& address, std::uint8_t prefix);

/// Finds the group of an address by its longest prefix: a binary search for each prefix length in use.
class NetworkIndex {
 public:
  using Entry = std::pair<categories::Network, GroupId>;

  NetworkIndex() = default;
  explicit NetworkIndex(std::vector<Entry> entries);

  std::optional<GroupId> find(const categories::IpAddress& address) const;

 private:
  std::vector<Entry> entries_;          ///< sorted
  std::vector<std::uint8_t> prefixes_;  ///< longest first
};

}  // namespace breakwater::rules
