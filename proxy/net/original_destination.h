#pragma once

#include "proxy/net/asio.h"
#include "proxy/net/redirection.h"

namespace breakwater::net {

/// Where the client of an accepted connection meant to go. After `redirect` connection tracking knows it; after
/// `tproxy` it is the connection's local address. A connection that was made to the listener itself gives the
/// listener's own address, and so does one that is not tracked.
tcp::endpoint original_destination(Socket& socket, Redirection by);

}  // namespace breakwater::net
