#include "proxy/net/connector.h"

#include <algorithm>

#include <sys/socket.h>

namespace breakwater::net {

void set_mark(Socket& socket, std::uint32_t mark, error_code& error) {
  using Mark = asio::detail::socket_option::integer<SOL_SOCKET, SO_MARK>;
  socket.set_option(Mark(static_cast<int>(mark)), error);
}

Task<Connected> connect(Executor executor, Wheel& wheel, std::span<const categories::IpAddress> addresses,
                        std::uint16_t port, std::chrono::milliseconds limit, std::uint32_t mark) {
  Connected result;
  const auto give_up = Wheel::Clock::now() + limit;
  for (std::size_t tried = 0; tried < addresses.size(); ++tried) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(give_up - Wheel::Clock::now());
    if (left <= std::chrono::milliseconds::zero()) {
      result.status = ConnectStatus::timeout;
      break;
    }
    Socket socket(executor);
    bool timed_out = false;
    const tcp::endpoint endpoint(to_asio(addresses[tried]), port);
    if (mark != 0) {
      error_code error;
      socket.open(endpoint.protocol(), error);
      if (!error) set_mark(socket, mark, error);
      if (error) continue;
    }
    {
      Deadline deadline(wheel, [&] {
        timed_out = true;
        error_code ignored;
        socket.close(ignored);
      });
      deadline.expires_after(left / static_cast<int>(addresses.size() - tried));
      const auto [error] = co_await socket.async_connect(endpoint, use_task);
      if (error || timed_out) {
        result.status = timed_out ? ConnectStatus::timeout : ConnectStatus::refused;
        continue;
      }
    }
    error_code ignored;
    socket.set_option(tcp::no_delay(true), ignored);
    result.status = ConnectStatus::ok;
    result.address = addresses[tried];
    result.stream = std::make_unique<Stream>(std::move(socket), wheel);
    break;
  }
  co_return result;
}

}  // namespace breakwater::net
