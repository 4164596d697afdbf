#pragma once

#include <cstdint>
#include <string>

#include "proxy/deploy/site.h"

namespace breakwater::deploy {

enum class DhcpServer : std::uint8_t { dnsmasq, kea };

/// The options that a DHCP server has to give out: router, resolvers, where the PAC file is (option 252, which has no
/// RFC: draft-ietf-wrec-wpad-01 4.4.1), and the captive portal API (RFC 8910 2). For Kea the members of "Dhcp4", and
/// those of "Dhcp6".
std::string dhcp_text(const Site& site, DhcpServer server);

}  // namespace breakwater::deploy
