#pragma once

#include <cstdint>
#include <string_view>

#include "categories/host.h"

namespace breakwater::rules {

/// What the gateway has before it when it asks: a whole HTTP request, the authority of a CONNECT, or the SNI of the
/// hello within.
enum class Stage : std::uint8_t { http_request, connect, hello };

/// Did the client ask the gateway, or was it brought here on its way to somebody else?
enum class Way : std::uint8_t { asked, intercepted };

/// What is known of one request. Views and references must outlive the call they are passed to.
struct Facts {
  Stage stage;
  const categories::Host& host;
  std::uint16_t port;
  std::string_view path;  ///< path and query as received; empty for connect and hello
  Way way = Way::asked;
};

}  // namespace breakwater::rules
