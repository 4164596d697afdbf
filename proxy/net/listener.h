#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "proxy/net/asio.h"

namespace breakwater::net {

/// "ADDR:PORT" or "[V6]:PORT" with a literal address; nullopt where it is none. Port 0 picks one.
std::optional<tcp::endpoint> parse_endpoint(std::string_view text);
std::string to_string(const tcp::endpoint& endpoint);

/// For whom a listener takes connections: for its own address, or for every address that `tproxy` brings. That needs
/// CAP_NET_ADMIN (or CAP_NET_RAW).
enum class ListenFor : std::uint8_t { itself, anybody };

/// Opens a listening socket with SO_REUSEPORT, so that each worker has its own queue of the same port.
Acceptor open_acceptor(Executor executor, const tcp::endpoint& endpoint, ListenFor whom, error_code& error);

/// Accepts until the acceptor is closed. When the process runs out of descriptors or memory it waits (100 ms to 1 s)
/// instead of spinning, and tells `on_error`.
Task<> accept_loop(Acceptor& acceptor, std::function<void(Socket, tcp::endpoint)> on_accept,
                   std::function<void(error_code)> on_error);

}  // namespace breakwater::net
