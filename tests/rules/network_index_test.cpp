#include "rules/network_index.h"

#include <random>

#include <gtest/gtest.h>

namespace breakwater::rules {
namespace {

using categories::IpAddress;
using categories::Network;

TEST(NetworkIndex, LongestPrefixWins) {
  const NetworkIndex index({{*Network::parse("10.0.0.0/8"), 0},
                            {*Network::parse("10.20.0.0/16"), 1},
                            {*Network::parse("10.20.30.40"), 2},
                            {*Network::parse("fd00:20::/64"), 3},
                            {*Network::parse("10.20.128.0/17"), 4}});
  const std::pair<const char*, std::optional<GroupId>> table[] = {
      {"10.1.2.3", 0},  {"10.20.1.1", 1},   {"10.20.30.40", 2},     {"10.20.30.41", 1},        {"10.20.200.1", 4},
      {"11.0.0.1", {}}, {"fd00:20::77", 3}, {"fd00:20:0:1::1", {}}, {"::ffff:10.20.30.40", 2}, {"::a14:1e28", {}}};
  for (const auto& [address, expected] : table)
    EXPECT_EQ(index.find(*IpAddress::parse(address)), expected) << address;
  EXPECT_EQ(NetworkIndex().find(*IpAddress::parse("10.0.0.1")), std::nullopt);
}

TEST(NetworkIndex, AgreesWithALinearSearch) {
  std::mt19937 random(7);
  const auto address = [&] {
    return IpAddress::from_v4((10U << 24U) | (random() & 0x00030303U));  // dense, so that networks nest
  };
  std::vector<NetworkIndex::Entry> entries;
  for (GroupId group = 0; group < 60; ++group) {
    const auto network = network_of(address(), static_cast<std::uint8_t>(96 + 4 + random() % 29));
    const auto same = [&](const auto& entry) { return entry.first == network; };
    if (std::none_of(entries.begin(), entries.end(), same)) entries.emplace_back(network, group);
  }
  const NetworkIndex index(entries);
  for (int i = 0; i < 2000; ++i) {
    const auto wanted = address();
    const NetworkIndex::Entry* best = nullptr;
    for (const auto& entry : entries)
      if (entry.first.contains(wanted) && (!best || entry.first.prefix > best->first.prefix)) best = &entry;
    ASSERT_EQ(index.find(wanted), best ? std::optional(best->second) : std::nullopt) << wanted.to_string();
  }
}

TEST(NetworkIndex, MasksEveryPrefix) {
  const auto ones =
      IpAddress(IpAddress::Bytes{255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255});
  for (int prefix = 0; prefix <= 128; ++prefix) {
    const auto network = network_of(ones, static_cast<std::uint8_t>(prefix));
    for (int bit = 0; bit < 128; ++bit) {
      const auto byte = network.address.bytes()[static_cast<std::size_t>(bit / 8)];
      ASSERT_EQ((byte >> (7 - bit % 8)) & 1, bit < prefix ? 1 : 0) << prefix << ' ' << bit;
    }
  }
}

}  // namespace
}  // namespace breakwater::rules
