#pragma once

#include <memory>
#include <utility>

#include "proxy/net/stream.h"

namespace breakwater::net {

/// A connected pair over loopback: ours as a Stream, the peer's end as a plain blocking socket.
inline std::pair<std::unique_ptr<Stream>, Socket> make_pair(asio::io_context& io, Wheel& wheel) {
  Acceptor acceptor(io.get_executor(), tcp::endpoint(asio::ip::address_v4::loopback(), 0));
  Socket ours(io.get_executor());
  ours.connect(acceptor.local_endpoint());
  Socket peer(io.get_executor());
  acceptor.accept(peer);
  return {std::make_unique<Stream>(std::move(ours), wheel), std::move(peer)};
}

}  // namespace breakwater::net
