#pragma once

#include <array>
#include <string>
#include <vector>

#include "proxy/identity/accounting_sessions.h"
#include "proxy/identity/device_register.h"
#include "proxy/identity/identity_map.h"
#include "proxy/identity/leases.h"
#include "proxy/identity/neighbours.h"
#include "proxy/identity/sign_ins.h"

namespace breakwater::identity {

/// All that the sources say.
struct Evidence {
  DeviceRegister devices;
  std::string devices_name;      ///< how `why` calls the register's file
  std::array<Leases, 3> leases;  ///< of dnsmasq, of Kea's DHCPv4 and DHCPv6: the earlier is believed
  Neighbours neighbours;
  AccountingSessions sessions;
  std::vector<SignIns::SignIn> sign_ins;
};

/// Makes one of it. Which MAC is at an address: what the kernel sees on the wire is surer than a lease, and a lease
/// than the address that a session names. A session counts for each address of its MAC, and for those that it names
/// unless somebody else's MAC is there; of two people that claim an address or a device the later one has it. A device
/// of the register is one whose MAC stands there. A sign-in to the proxy counts for all addresses of its device, and
/// against a RADIUS session where it is the later one. What is as it was in `before` keeps its `since`.
IdentityMap merge(const Evidence& evidence, const IdentityMap& before, rules::SysSeconds now);

/// When something of it ends by itself: the first lease. None where nothing does.
std::optional<rules::SysSeconds> next_end(const Evidence& evidence, rules::SysSeconds now);

}  // namespace breakwater::identity
