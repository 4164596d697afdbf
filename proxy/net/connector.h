#pragma once

#include <memory>
#include <span>

#include "proxy/net/stream.h"

namespace breakwater::net {

enum class ConnectStatus : std::uint8_t { ok, refused, timeout };

struct Connected {
  ConnectStatus status = ConnectStatus::refused;
  std::unique_ptr<Stream> stream;  ///< where status is ok
  categories::IpAddress address;
};

/// Marks the packets of a socket for the rules of the kernel (SO_MARK). Needs CAP_NET_ADMIN.
void set_mark(Socket& socket, std::uint32_t mark, error_code& error);

/// Tries the addresses in their order until one answers; the time left is shared among those not tried yet, so that a
/// dead first address does not use it up. Whoever calls has judged every address. `mark`: see set_mark(); 0: none.
Task<Connected> connect(Executor executor, Wheel& wheel, std::span<const categories::IpAddress> addresses,
                        std::uint16_t port, std::chrono::milliseconds limit, std::uint32_t mark);

}  // namespace breakwater::net
