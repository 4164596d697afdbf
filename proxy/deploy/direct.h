#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "categories/ip_address.h"

namespace breakwater::deploy {

/// What clients may reach without the gateway: a port, or several in a row, of a network.
struct Direct {
  enum class Protocol : std::uint8_t { tcp, udp } protocol = Protocol::tcp;
  std::uint16_t first = 0;
  std::uint16_t last = 0;  ///< included
  categories::Network network;

  bool operator==(const Direct&) const = default;
};

std::string_view to_string(Direct::Protocol protocol);

/// "udp/3478-3481 52.112.0.0/14" or "tcp/25 192.0.2.1". nullopt: the text is something else.
std::optional<Direct> parse_direct(std::string_view text);

}  // namespace breakwater::deploy
