#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "proxy/net/asio.h"

namespace breakwater::selftest {

/// How a site is asked for: plain HTTP; CONNECT to it, and a ClientHello that names it; CONNECT to a name that no list
/// has, and a ClientHello that names the site.
enum class Way : std::uint8_t { http, connect, hello };
inline constexpr std::array kWays{Way::http, Way::connect, Way::hello};

/// A way into the gateway, as it is configured.
struct Door {
  enum class Kind : std::uint8_t {
    proxy,             ///< a client asks in clear
    tls_proxy,         ///< a client asks within TLS
    intercepted_http,  ///< the kernel brings what was on its way to port 80
    intercepted_tls,   ///< the same for port 443: there is no CONNECT, and the ClientHello is all that is said
  };
  Kind kind = Kind::proxy;
  net::tcp::endpoint at;  ///< where the gateway listens
};

/// As people read it: "proxy", "proxy by TLS", "intercepted HTTP", "intercepted HTTPS".
std::string_view to_string(Door::Kind kind);
bool is_intercepted(Door::Kind kind);
/// Can a client that comes by this door ask like this?
bool leads(Door::Kind kind, Way way);
/// As people read it: "HTTPS by its server name", "HTTP within TLS", "intercepted HTTPS".
std::string to_text(Door::Kind kind, Way way);

}  // namespace breakwater::selftest
