#pragma once

#include <cstdint>

#include "proxy/net/asio.h"

namespace breakwater::app {

/// A connection that was on its way to somebody else when the kernel brought it here.
struct Interception {
  enum class Protocol : std::uint8_t { http, tls } protocol;  ///< of the door; what comes may be something else
  net::tcp::endpoint destination;                             ///< where the client meant to go
};

}  // namespace breakwater::app
