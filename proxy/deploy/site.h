#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "categories/ip_address.h"
#include "proxy/deploy/direct.h"

namespace breakwater::deploy {

/// The Wi-Fi that a gateway stands in front of: what the generated files are about.
struct Site {
  enum class Interception : std::uint8_t { redirect, tproxy };

  std::vector<std::string> interfaces;           ///< of the gateway, towards the clients
  std::vector<categories::IpAddress> addresses;  ///< of the gateway, on that network
  std::vector<categories::IpAddress> resolvers;  ///< empty: the gateway itself
  std::vector<Direct> direct;                    ///< what passes by the gateway
  std::string pac_host;                          ///< the gateway's name for clients; "": there is no PAC file
  std::uint16_t proxy_port = 0;                  ///< of the plain proxy, which also serves the gateway's own pages
  std::uint16_t tls_proxy_port = 0;              ///< of the HTTPS proxy; 0: there is none
  std::uint16_t intercept_http_port = 0;         ///< where redirected connections to port 80 arrive
  std::uint16_t intercept_tls_port = 0;          ///< where those to 443 do
  Interception interception = Interception::redirect;
  /// What all of it was made from, a line each: the same sources give the same files.
  std::vector<std::string> made_from;
};

/// "# Made by ..., do not edit" and what it was made from: the head of every file. `comment` begins each line.
std::string file_head(const Site& site, const std::string& what, const std::string& comment = "#");

}  // namespace breakwater::deploy
