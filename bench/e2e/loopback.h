#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <netinet/in.h>

#include "bench/e2e/fd.h"

namespace breakwater::bench {

/// An address of 127.0.0.0/8 and a port. Nothing here can be made to talk to another machine.
class LoopbackEndpoint {
 public:
  /// `127.x.y.z:PORT`; nothing for any other text, any other network and port 0.
  static std::optional<LoopbackEndpoint> parse(std::string_view text);

  /// 127.9.0.1 to 127.9.0.250 in turn, port chosen by the kernel: clients that a per-client limit tells apart.
  static LoopbackEndpoint spread_source(std::uint32_t index);

  const sockaddr_in& address() const { return address_; }

 private:
  LoopbackEndpoint(std::uint32_t host, std::uint16_t port);

  sockaddr_in address_{};
};

/// A non-blocking socket on its way to `target`. Closed when the kernel refuses at once; a later refusal shows on the
/// first send or receive. Throws std::system_error when no socket can be made at all.
Fd start_connect(const LoopbackEndpoint& target, const std::optional<LoopbackEndpoint>& source);

/// A non-blocking listener that answers on every address of 127.0.0.0/8 and, bound to the loopback device, on no other.
/// Several may share a port. Throws std::system_error.
Fd open_listener(std::uint16_t port);

/// The local port of a bound socket.
std::uint16_t local_port(const Fd& socket);

}  // namespace breakwater::bench
