#include "rules/circumvention.h"

#include <algorithm>
#include <iterator>

namespace breakwater::rules {
namespace {

constexpr Reason kTunnelKinds[] = {
    Reason::silent,     Reason::plain_http,     Reason::nested_proxy,  Reason::ssh,
    Reason::socks,      Reason::openvpn,        Reason::wireguard,     Reason::sstp,
    Reason::bittorrent, Reason::remote_desktop, Reason::chat_protocol,
};

bool holds(const auto& range, const auto& value) {
  return std::find(std::begin(range), std::end(range), value) != std::end(range);
}

}  // namespace

std::span<const Reason> tunnel_kinds() {
  return kTunnelKinds;
}

bool is_tunnel_kind(Reason reason) {
  return holds(kTunnelKinds, reason);
}

std::string_view category_of(Reason reason) {
  switch (reason) {
    case Reason::ssh:
      return "circumvention";
    case Reason::nested_proxy:
    case Reason::socks:
      return "circumvention/proxy";
    case Reason::openvpn:
    case Reason::wireguard:
    case Reason::sstp:
      return "circumvention/vpn";
    case Reason::tor:
      return "circumvention/tor";
    case Reason::dot:
      return "circumvention/doh";
    case Reason::remote_desktop:
      return "remote-control";
    case Reason::bittorrent:
      return "piracy";
    case Reason::chat_protocol:
      return "chat";
    default:
      return {};
  }
}

bool Circumvention::allows(Reason reason, GroupId group) const {
  return holds(allow, reason) && (groups.empty() || holds(groups, group));
}

}  // namespace breakwater::rules
