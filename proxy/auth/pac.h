#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace breakwater::auth {

/// Where clients find the gateway.
struct PacOptions {
  std::string host;              ///< the gateway's name; an IPv6 address in brackets
  std::uint16_t tls_port = 0;    ///< of the HTTPS proxy; 0: there is none
  std::uint16_t plain_port = 0;  ///< of the plain one, which is named where there is no HTTPS proxy; 0: there is none
  std::vector<std::string> direct;  ///< names in normal form that are reached without it, with all below them
};

/// The text of a proxy auto-configuration file, as Mozilla's documentation ("Proxy Auto-Configuration (PAC) file")
/// defines it. Everything goes to the gateway, essential hosts too, since it records and relays them; but not what is
/// the device's own (localhost), has no dot in its name, is named in `direct`, or stands as an address in a private
/// network: the gateway would not dial that. The gateway's own page, breakwater.internal, is reached by the gateway
/// alone. There is no way around it: where it is not reached, nothing is.
std::string pac_text(const PacOptions& options);

}  // namespace breakwater::auth
