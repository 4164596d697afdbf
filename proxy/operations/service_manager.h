#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "proxy/net/asio.h"

namespace breakwater::operations {

/// Tells the service manager (sd_notify(3)): "READY=1". Without one nothing happens. Any thread.
void notify(const std::string& state);

/// How often the service manager must hear WATCHDOG=1; nullopt: it does not watch.
std::optional<std::chrono::microseconds> watchdog_interval();

/// Listening sockets that the service manager opened and keeps (sd_listen_fds(3)): what connects while no gateway runs
/// waits in their queues, so that a restart refuses nobody.
class InheritedSockets {
 public:
  /// Takes what this process was given; the first call alone finds something. What is no listening TCP socket is left
  /// out.
  static InheritedSockets take();
  ~InheritedSockets();
  InheritedSockets(InheritedSockets&& other) noexcept = default;
  InheritedSockets& operator=(InheritedSockets&&) = delete;

  /// The socket bound to exactly this address, for one more thread to accept from. nullopt: there is none. All threads
  /// share one queue: each that is idle is woken, one gets the connection.
  std::optional<net::Acceptor> acceptor(net::Executor executor, const net::tcp::endpoint& endpoint,
                                        net::error_code& error) const;
  bool has(const net::tcp::endpoint& endpoint) const;
  std::vector<net::tcp::endpoint> endpoints() const;

 private:
  struct Inherited {
    int descriptor;
    net::tcp::endpoint endpoint;
  };
  InheritedSockets() = default;
  std::vector<Inherited> sockets_;
};

}  // namespace breakwater::operations
