#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "proxy/deploy/site.h"

namespace breakwater::deploy {

/// Names whose absence tells a system that this network filters by DNS, so that it leaves its own encrypted DNS or
/// relay alone:
///   use-application-dns.net  Firefox ("Canary domain")
///   mask.icloud.com, mask-h2.icloud.com  iCloud Private Relay ("Prepare your network for iCloud Private Relay")
///   resolver.arpa  discovery of designated resolvers (RFC 9462 4)
std::span<const std::string_view> canary_names();

/// The names that lead to the gateway: its own pages, its name for clients, and wpad (also in the domain of that name),
/// by which browsers look for the PAC file.
std::vector<std::string> gateway_names(const Site& site);

/// Networks that no name of the outside may lead to (DNS rebinding): RFC 6890 and its updates.
std::span<const std::string_view> private_networks();

/// Where systems ask whether they may out (RFC 8908); "" without an HTTPS proxy and a name for its certificate.
std::string captive_portal_url(const Site& site);

/// Where browsers find the PAC file; "" where there is none.
std::string pac_url(const Site& site);

}  // namespace breakwater::deploy
