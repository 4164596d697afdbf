#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "categories/diagnostic.h"
#include "categories/ip_address.h"
#include "proxy/identity/mac_address.h"
#include "rules/verdict.h"

namespace breakwater::identity {

/// An address that a DHCP server gave to a device.
struct Lease {
  MacAddress mac;
  std::optional<rules::SysSeconds> until;  ///< none: for ever
  std::string where;                       ///< "dnsmasq.leases:12"
};

using Leases = std::map<categories::IpAddress, Lease>;

inline constexpr std::size_t kMaxLeases = 200'000;       ///< of one server
inline constexpr std::size_t kMaxLeaseLineBytes = 8192;  ///< what a line has beyond is not read

/// Both readers add the leases of a file to `leases`; a later one for the same address takes the place of an earlier
/// one. A last line without an end is still being written and waits. What is no lease is told (the first of them one by
/// one) and left out; a lease of a client without a 48-bit MAC is left out. Never throw. `name` is how messages call
/// the file.

/// dnsmasq's lease file (dnsmasq(8), --dhcp-leasefile): TIME MAC ADDRESS NAME ID a line; behind the line `duid ...`
/// those of DHCPv6, where the device shows only in a DUID that holds its MAC (RFC 8415 11.2, 11.4).
void read_dnsmasq_leases(std::string_view text, const std::string& name, Leases& leases,
                         categories::Diagnostics& diagnostics);

/// A file of Kea's memfile backend, DHCPv4 or DHCPv6, as its header says. It is a journal: the last line of an address
/// counts, and one with no lifetime or of a state other than 0 takes the lease away.
void read_kea_leases(std::string_view text, const std::string& name, Leases& leases,
                     categories::Diagnostics& diagnostics);

}  // namespace breakwater::identity
