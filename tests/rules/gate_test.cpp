#include "rules/gate.h"

#include <gtest/gtest.h>

namespace breakwater::rules {
namespace {

using categories::IpAddress;
using categories::Network;

TEST(Gate, MayDial) {
  Gate gate;
  gate.allow_private = {*Network::parse("127.0.0.0/24"), *Network::parse("fd00::/16")};
  const std::vector<IpAddress> own{*IpAddress::parse("198.41.0.4"), *IpAddress::parse("127.0.0.9")};
  const std::pair<const char*, bool> table[] = {{"93.184.216.34", true},
                                                {"2606:4700::1111", true},  // public
                                                {"10.0.0.1", false},
                                                {"192.168.1.1", false},
                                                {"169.254.169.254", false},
                                                {"127.0.1.1", false},
                                                {"::1", false},
                                                {"fe80::1", false},
                                                {"224.0.0.1", false},
                                                {"0.0.0.0", false},
                                                {"127.0.0.1", true},
                                                {"fd00::7", true},  // named
                                                {"198.41.0.4", false},
                                                {"127.0.0.9", true},  // our own: only where named
                                                {"::ffff:10.0.0.1", false},
                                                {"64:ff9b::10.0.0.1", false}};
  for (const auto& [address, expected] : table)
    EXPECT_EQ(may_dial(gate, *IpAddress::parse(address), own), expected) << address;
  EXPECT_FALSE(may_dial(Gate{}, *IpAddress::parse("127.0.0.1"), {}));
}

}  // namespace
}  // namespace breakwater::rules
