#include "categories/ip_address.h"

#include <string>

#include <gtest/gtest.h>

namespace breakwater::categories {
namespace {

TEST(IpAddress, ReadsStrictFormsAndWritesTheNormalOne) {
  const struct {
    std::string_view text, normal;
  } cases[] = {
      {"192.0.2.1", "192.0.2.1"},
      {"0.0.0.0", "0.0.0.0"},
      {"255.255.255.255", "255.255.255.255"},
      {"9.10.99.100", "9.10.99.100"},
      {"::ffff:192.0.2.1", "192.0.2.1"},
      {"::ffff:c000:201", "192.0.2.1"},
      {"::", "::"},
      {"::1", "::1"},
      {"2001:DB8:0:0:0:0:0:1", "2001:db8::1"},
      {"2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"},  // RFC 5952 4.2.3: the first of two equal runs
      {"2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"},
      {"64:ff9b::192.0.2.33", "64:ff9b::c000:221"},
  };
  for (const auto& c : cases) {
    const auto address = IpAddress::parse(c.text);
    ASSERT_TRUE(address) << c.text;
    EXPECT_EQ(address->to_string(), c.normal);
    EXPECT_EQ(IpAddress::parse(address->to_string()), address);
    EXPECT_EQ(address->is_v4(), c.normal.find(':') == std::string_view::npos) << c.text;
  }
  EXPECT_EQ(IpAddress::parse("192.0.2.1"), IpAddress::from_v4(0xc0000201));
  EXPECT_EQ(IpAddress::parse("192.0.2.1")->v4(), 0xc0000201);
}

TEST(IpAddress, RefusesWhatIsNotStrict) {
  using namespace std::string_view_literals;
  const std::string_view cases[] = {
      "",
      "1",
      "1.2.3",
      "1.2.3.4.5",
      "1.2.3.256",
      "01.2.3.4",
      "0x1.2.3.4",
      "1.2.3.4 ",
      " 1.2.3.4",
      "1.2.3.4\0"sv,
      "[::1]",
      "::1%eth0",
      ":::",
      "1:2:3:4:5:6:7",
      "1::2::3",
      "12345::",
      "::1.2.3.256",
      "::g",
      "1:2:3:4:5:6:7:8:9",
      "1.2.3.4::",
      "::ffff:1.2.3.04",
      "0000:0000:0000:0000:0000:ffff:255.255.255.255:0000:0000",
  };
  for (const auto text : cases)
    EXPECT_FALSE(IpAddress::parse(text)) << text;
}

TEST(Network, ReadsCidrAndContains) {
  const struct {
    std::string_view text, normal, inside, outside;
  } cases[] = {
      {"10.0.0.0/8", "10.0.0.0/8", "10.255.0.1", "11.0.0.0"},
      {"10.20.4.0/22", "10.20.4.0/22", "10.20.7.255", "10.20.8.0"},
      {"192.0.2.1", "192.0.2.1/32", "192.0.2.1", "192.0.2.2"},
      {"0.0.0.0/0", "0.0.0.0/0", "255.1.2.3", "::1"},
      {"::ffff:10.0.0.0/104", "10.0.0.0/8", "10.1.1.1", "9.1.1.1"},
      {"fd00::/8", "fd00::/8", "fdff::1", "fe00::1"},
      {"fd00:20::/63", "fd00:20::/63", "fd00:20:0:1::1", "fd00:20:0:2::1"},
      {"::1", "::1/128", "::1", "::2"},
      {"::/0", "::/0", "2001:db8::1", ""},
  };
  for (const auto& c : cases) {
    const auto network = Network::parse(c.text);
    ASSERT_TRUE(network) << c.text;
    EXPECT_EQ(network->to_string(), c.normal);
    EXPECT_TRUE(network->contains(*IpAddress::parse(c.inside))) << c.text;
    const auto outside = IpAddress::parse(c.outside);
    EXPECT_FALSE(outside && network->contains(*outside)) << c.text;
  }
}

TEST(Network, RefusesHostBitsAndOddPrefixes) {
  for (const std::string_view text :
       {"10.0.0.1/8", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/08", "10.0.0.0/+8", "10.0.0.0/8/8", "10/8", "fd00::1/64",
        "fd00::/129", "fd00::/-1", "::ffff:0:0/95", "/8", "10.0.0.0/8 ", "10.0.0.0/4294967304"})
    EXPECT_FALSE(Network::parse(text)) << text;
}

/// Both ends of each block of the registries, and the addresses next to them.
TEST(IsPublic, FollowsTheRegistries) {
  const std::string_view special[] = {
      "0.0.0.0",
      "0.255.255.255",
      "10.0.0.0",
      "10.255.255.255",
      "100.64.0.0",
      "100.127.255.255",
      "127.0.0.1",
      "127.255.255.255",
      "169.254.0.0",
      "169.254.169.254",
      "169.254.255.255",
      "172.16.0.0",
      "172.31.255.255",
      "192.0.0.0",
      "192.0.0.255",
      "192.0.2.0",
      "192.0.2.255",
      "192.88.99.0",
      "192.88.99.255",
      "192.168.0.0",
      "192.168.255.255",
      "198.18.0.0",
      "198.19.255.255",
      "198.51.100.0",
      "198.51.100.255",
      "203.0.113.0",
      "203.0.113.255",
      "224.0.0.0",
      "239.255.255.255",
      "240.0.0.0",
      "255.255.255.255",
      // embedded
      "::ffff:127.0.0.1",
      "::127.0.0.1",
      "64:ff9b::10.0.0.1",
      "64:ff9b::7f00:1",
      "2002:7f00:1::",
      "2002:a00:1::1",
      "2002:c0a8:101::",
      // IPv6
      "::",
      "::1",
      "64:ff9b:1::",
      "64:ff9b:1::808:808",
      "100::1",
      "1fff:ffff::",
      "2001::",
      "2001:0:808:808::",
      "2001:20::1",
      "2001:1ff:ffff::",
      "2001:db8::",
      "2001:db8:ffff:ffff::1",
      "3fff::",
      "3fff:fff:ffff::",
      "4000::",
      "5f00::1",
      "fc00::",
      "fdff:ffff::",
      "fe80::1",
      "febf::1",
      "fec0::1",
      "feff::1",
      "ff00::",
      "ff02::1",
  };
  for (const auto text : special)
    EXPECT_FALSE(is_public(*IpAddress::parse(text))) << text;
  const std::string_view global[] = {
      "1.0.0.0",         "8.8.8.8",         "9.255.255.255",   "11.0.0.0",      "100.63.255.255",   "100.128.0.0",
      "126.255.255.255", "128.0.0.0",       "169.253.255.255", "169.255.0.0",   "172.15.255.255",   "172.32.0.0",
      "191.255.255.255", "192.0.1.0",       "192.0.3.0",       "192.88.98.255", "192.88.100.0",     "192.167.255.255",
      "192.169.0.0",     "198.17.255.255",  "198.20.0.0",      "198.51.99.255", "198.51.101.0",     "203.0.112.255",
      "203.0.114.0",     "223.255.255.255", "::ffff:8.8.8.8",  "::8.8.8.8",     "64:ff9b::8.8.8.8", "2002:808:808::1",
      "2000::",          "2001:200::",      "2001:db7:ffff::", "2001:db9::",    "2606:4700::1111",  "3ffe:ffff::",
      "3fff:1000::",
  };
  for (const auto text : global)
    EXPECT_TRUE(is_public(*IpAddress::parse(text))) << text;
}

}  // namespace
}  // namespace breakwater::categories
