#pragma once

#include <string>
#include <vector>

#include "categories/ip_address.h"
#include "proxy/deploy/site.h"

namespace breakwater::deploy {

/// Rules for nft(8): one table, `inet breakwater`, which loading replaces as one transaction. IPv4 and IPv6 are held to
/// the same. `encrypted_dns` are known addresses of resolvers of DNS over HTTPS and TLS.
std::string nftables_rules(const Site& site, const std::vector<categories::Network>& encrypted_dns);

/// The same addresses alone, to be loaded into the table when the lists have changed; as one transaction too.
std::string nftables_elements(const Site& site, const std::vector<categories::Network>& encrypted_dns);

}  // namespace breakwater::deploy
