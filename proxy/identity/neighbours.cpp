// A datagram of rtnetlink, in the byte order of the machine, each part padded to 4 bytes:
//
//   nlmsghdr: length(4) type(2) flags(2) sequence(4) port(4)     then, for RTM_NEWNEIGH and RTM_DELNEIGH,
//   ndmsg:    family(1) padding(3) interface(4) state(2) flags(1) type(1)
//   rtattr:   length(2) type(2) value ...                        NDA_DST: the address, NDA_LLADDR: its MAC

#include "proxy/identity/neighbours.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <optional>

#include <linux/neighbour.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

namespace breakwater::identity {
namespace {

using Bytes = std::span<const std::uint8_t>;

constexpr std::size_t kReadBytes = 64 * 1024;

template <class Struct>
std::optional<Struct> take(Bytes& bytes) {
  if (bytes.size() < sizeof(Struct)) return std::nullopt;
  Struct value;
  std::memcpy(&value, bytes.data(), sizeof value);
  bytes = bytes.subspan(sizeof value);
  return value;
}

/// The next part of `length` bytes, of which a header of `taken` is gone already; its padding goes with it.
std::optional<Bytes> take_rest(Bytes& bytes, std::size_t length, std::size_t taken) {
  if (length < taken || length - taken > bytes.size()) return std::nullopt;
  const auto part = bytes.first(length - taken);
  const auto padded = ((length + 3) & ~std::size_t{3}) - taken;
  bytes = bytes.subspan(std::min(padded, bytes.size()));
  return part;
}

/// Is it known at this moment which device has the address? A failed one has been asked for in vain.
bool is_known(std::uint16_t state) {
  return (state & (NUD_REACHABLE | NUD_STALE | NUD_DELAY | NUD_PROBE | NUD_PERMANENT)) != 0;
}

bool is_local(const categories::IpAddress& address) {
  const auto& bytes = address.bytes();
  if (address.is_v4()) return (address.v4() >> 16) == 0xa9fe || (address.v4() >> 28) >= 0xe;
  return bytes[0] == 0xff || (bytes[0] == 0xfe && (bytes[1] & 0xc0) == 0x80);
}

NeighbourNews apply_neighbour(Bytes body, bool gone, Neighbours& table) {
  const auto head = take<ndmsg>(body);
  if (!head) return NeighbourNews::lost;
  std::optional<categories::IpAddress> address;
  std::optional<MacAddress> mac;
  while (!body.empty()) {
    const auto attribute = take<rtattr>(body);
    const auto value = attribute ? take_rest(body, attribute->rta_len, sizeof *attribute) : std::nullopt;
    if (!value) return NeighbourNews::lost;
    if (attribute->rta_type == NDA_DST && head->ndm_family == AF_INET && value->size() == 4) {
      std::uint32_t host_order = 0;
      for (const auto byte : *value)
        host_order = host_order << 8 | byte;
      address = categories::IpAddress::from_v4(host_order);
    } else if (attribute->rta_type == NDA_DST && head->ndm_family == AF_INET6 && value->size() == 16) {
      categories::IpAddress::Bytes bytes{};
      std::memcpy(bytes.data(), value->data(), bytes.size());
      address = categories::IpAddress(bytes);
    } else if (attribute->rta_type == NDA_LLADDR && value->size() == 6) {
      MacAddress::Bytes bytes{};
      std::memcpy(bytes.data(), value->data(), bytes.size());
      mac = MacAddress(bytes);
    }
  }
  if (!address || is_local(*address)) return NeighbourNews::none;
  const auto known = table.find(*address);
  if (gone || !mac || !mac->is_device() || !is_known(head->ndm_state)) {
    if (known == table.end()) return NeighbourNews::none;
    table.erase(known);
    return NeighbourNews::change;
  }
  if (known == table.end() ? table.size() >= kMaxNeighbours : known->second == *mac) return NeighbourNews::none;
  table.insert_or_assign(*address, *mac);
  return NeighbourNews::change;
}

}  // namespace

NeighbourNews apply_neighbours(std::span<const std::uint8_t> datagram, Neighbours& table) {
  auto news = NeighbourNews::none;
  while (!datagram.empty()) {
    const auto head = take<nlmsghdr>(datagram);
    const auto body = head ? take_rest(datagram, head->nlmsg_len, sizeof *head) : std::nullopt;
    if (!body || head->nlmsg_type == NLMSG_ERROR) return NeighbourNews::lost;
    if (head->nlmsg_type != RTM_NEWNEIGH && head->nlmsg_type != RTM_DELNEIGH) continue;
    news = std::max(news, apply_neighbour(*body, head->nlmsg_type == RTM_DELNEIGH, table));
    if (news == NeighbourNews::lost) return news;
  }
  return news;
}

NeighbourSocket::NeighbourSocket()
    : file_(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE)) {
  sockaddr_nl address{};
  address.nl_family = AF_NETLINK;
  address.nl_groups = RTMGRP_NEIGH;
  if (file_ && ::bind(file_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    file_ = categories::File();
}

bool NeighbourSocket::request_dump() const {
  struct {
    nlmsghdr head;
    ndmsg body;
  } request{};
  request.head.nlmsg_len = sizeof request;
  request.head.nlmsg_type = RTM_GETNEIGH;
  request.head.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
  return ::send(file_.get(), &request, sizeof request, 0) == static_cast<ssize_t>(sizeof request);
}

NeighbourNews NeighbourSocket::receive(Neighbours& table) const {
  std::array<std::uint8_t, kReadBytes> buffer;  // NOLINT(cppcoreguidelines-pro-type-member-init): filled by recv
  auto news = NeighbourNews::none;
  while (news != NeighbourNews::lost) {
    // With MSG_TRUNC the length is that of the datagram, also where the buffer is too small for it.
    const auto size = ::recv(file_.get(), buffer.data(), buffer.size(), MSG_TRUNC);
    if (size < 0 && errno == EINTR) continue;
    if (size < 0 && errno == EAGAIN) break;
    if (size < 0 || static_cast<std::size_t>(size) > buffer.size()) return NeighbourNews::lost;
    news = std::max(news, apply_neighbours(Bytes(buffer).first(static_cast<std::size_t>(size)), table));
  }
  return news;
}

}  // namespace breakwater::identity
