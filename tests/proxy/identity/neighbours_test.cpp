#include "proxy/identity/neighbours.h"

#include <cstring>

#include <gtest/gtest.h>
#include <linux/neighbour.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

namespace breakwater::identity {
namespace {

using Bytes = std::vector<std::uint8_t>;

template <class Struct>
void append(Bytes& out, const Struct& value) {
  const auto at = out.size();
  out.resize(at + sizeof value);
  std::memcpy(out.data() + at, &value, sizeof value);
}

void append_attribute(Bytes& out, std::uint16_t type, const Bytes& value) {
  append(out, rtattr{static_cast<std::uint16_t>(sizeof(rtattr) + value.size()), type});
  out.insert(out.end(), value.begin(), value.end());
  out.resize((out.size() + 3) & ~std::size_t{3});
}

Bytes message(std::uint16_t type, const char* address, const Bytes& mac, std::uint16_t state = NUD_REACHABLE) {
  const auto ip = *categories::IpAddress::parse(address);
  ndmsg body{};
  body.ndm_family = ip.is_v4() ? AF_INET : AF_INET6;
  body.ndm_state = state;
  Bytes out(sizeof(nlmsghdr));
  append(out, body);
  append_attribute(out, NDA_DST, Bytes(ip.bytes().begin() + (ip.is_v4() ? 12 : 0), ip.bytes().end()));
  if (!mac.empty()) append_attribute(out, NDA_LLADDR, mac);
  nlmsghdr head{};
  head.nlmsg_len = static_cast<std::uint32_t>(out.size());
  head.nlmsg_type = type;
  std::memcpy(out.data(), &head, sizeof head);
  return out;
}

const Bytes kMac{0, 0, 0x5e, 0, 0x53, 1};

TEST(Neighbours, ChangesOfTheTable) {
  Neighbours table;
  const auto apply = [&](const Bytes& datagram) { return apply_neighbours(datagram, table); };
  auto two = message(RTM_NEWNEIGH, "10.20.0.5", kMac);
  const auto second = message(RTM_NEWNEIGH, "fd00:20::5", kMac, NUD_STALE);
  two.insert(two.end(), second.begin(), second.end());
  EXPECT_EQ(apply(two), NeighbourNews::change);
  ASSERT_EQ(table.size(), 2u);
  EXPECT_EQ(table.begin()->second.to_string(), "00:00:5e:00:53:01");
  for (const auto& gone :
       {message(RTM_DELNEIGH, "10.20.0.5", kMac), message(RTM_NEWNEIGH, "10.20.0.5", {}),
        message(RTM_NEWNEIGH, "10.20.0.5", kMac, NUD_FAILED), message(RTM_NEWNEIGH, "10.20.0.5", Bytes(6)),
        message(RTM_NEWNEIGH, "10.20.0.5", Bytes(20))}) {
    apply(message(RTM_NEWNEIGH, "10.20.0.5", kMac));
    EXPECT_EQ(table.size(), 2u);
    EXPECT_EQ(apply(gone), NeighbourNews::change);
    EXPECT_EQ(table.size(), 1u);
  }
  for (const auto* local : {"fe80::1", "ff02::1", "169.254.1.1", "224.0.0.251", "255.255.255.255"})
    EXPECT_EQ(apply(message(RTM_NEWNEIGH, local, kMac)), NeighbourNews::none);
  EXPECT_EQ(apply(second), NeighbourNews::none);  // still there
  EXPECT_EQ(table.size(), 1u);
}

TEST(Neighbours, EveryTruncationIsAFailure) {
  const auto whole = message(RTM_NEWNEIGH, "10.20.0.5", kMac);
  for (std::size_t length = 1; length < whole.size() - 2; ++length) {  // its last two bytes are padding
    Neighbours table;
    EXPECT_EQ(apply_neighbours(std::span(whole).first(length), table), NeighbourNews::lost) << length;
    EXPECT_TRUE(table.empty());
  }
  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (const int value : {0, 1, 3, 255}) {
      auto changed = whole;
      changed[at] = static_cast<std::uint8_t>(value);
      Neighbours table;
      apply_neighbours(changed, table);
    }
  }
}

TEST(Neighbours, TheKernelAnswersADump) {
  const NeighbourSocket socket;
  if (!socket) GTEST_SKIP() << "no netlink socket here";
  ASSERT_TRUE(socket.request_dump());
  Neighbours table;
  EXPECT_NE(socket.receive(table), NeighbourNews::lost);
}

}  // namespace
}  // namespace breakwater::identity
