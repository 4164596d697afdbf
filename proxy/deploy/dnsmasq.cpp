#include "proxy/deploy/dnsmasq.h"

#include <fmt/format.h>

#include "proxy/deploy/names.h"

namespace breakwater::deploy {

std::string dnsmasq_text(const Site& site) {
  auto text = file_head(site, "Breakwater: DNS for the Wi-Fi, for dnsmasq 2.90");
  for (const auto& name : site.interfaces)
    text += fmt::format("interface={}\n", name);
  text += "bind-dynamic\n\n# These say, by not being there, that encrypted DNS and relays are not wanted.\n";
  for (const auto name : canary_names())
    text += fmt::format("address=/{}/\n", name);
  text += "\n# These are the gateway.\n";
  for (const auto& name : gateway_names(site)) {
    text += "host-record=" + name;
    for (const auto& address : site.addresses)
      text += "," + address.to_string();
    text += "\n";
  }
  return text + R"(
# No HTTPS and SVCB records (RFC 9460), so that no keys of ECH reach a browser.
filter-rr=HTTPS,SVCB

# No name of the outside leads inside (DNS rebinding). A rebind-domain-ok of your own may stand beside this file.
stop-dns-rebind
rebind-localhost-ok

domain-needed
bogus-priv
cache-size=10000

# Not here, since dnsmasq cannot: safe search (its cname needs a target that it knows itself; the gateway dials the safe
# names in any case), answers by group, response policy zones, refusing networks that are in no group of the policy.
)";
}

}  // namespace breakwater::deploy
