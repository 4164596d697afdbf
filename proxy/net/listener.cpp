#include "proxy/net/listener.h"

#include <algorithm>
#include <charconv>

#include <netinet/in.h>
#include <sys/socket.h>

namespace breakwater::net {
namespace {

using ReusePort = asio::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>;
using Transparent4 = asio::detail::socket_option::boolean<IPPROTO_IP, IP_TRANSPARENT>;
using Transparent6 = asio::detail::socket_option::boolean<IPPROTO_IPV6, IPV6_TRANSPARENT>;
constexpr int kBacklog = 4096;
constexpr std::chrono::milliseconds kFirstPause{100};
constexpr std::chrono::milliseconds kLongestPause{1000};

}  // namespace

std::optional<tcp::endpoint> parse_endpoint(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  auto host = text.substr(0, colon);
  const auto digits = text.substr(colon + 1);
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != std::string_view::npos) {
    return std::nullopt;
  }
  const auto address = categories::IpAddress::parse(host);
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (!address || error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return tcp::endpoint(to_asio(*address), port);
}

std::string to_string(const tcp::endpoint& endpoint) {
  const auto address = endpoint.address().to_string();
  const auto port = std::to_string(endpoint.port());
  return endpoint.address().is_v6() ? "[" + address + "]:" + port : address + ":" + port;
}

Acceptor open_acceptor(Executor executor, const tcp::endpoint& endpoint, ListenFor whom, error_code& error) {
  Acceptor acceptor(executor);
  acceptor.open(endpoint.protocol(), error);
  if (!error) acceptor.set_option(Acceptor::reuse_address(true), error);
  if (!error) acceptor.set_option(ReusePort(true), error);
  if (!error && endpoint.address().is_v6()) acceptor.set_option(asio::ip::v6_only(true), error);
  if (!error && whom == ListenFor::anybody) {
    if (endpoint.address().is_v6())
      acceptor.set_option(Transparent6(true), error);
    else
      acceptor.set_option(Transparent4(true), error);
  }
  if (!error) acceptor.bind(endpoint, error);
  if (!error) acceptor.listen(kBacklog, error);
  return acceptor;
}

Task<> accept_loop(Acceptor& acceptor, std::function<void(Socket, tcp::endpoint)> on_accept,
                   std::function<void(error_code)> on_error) {
  Timer pause(acceptor.get_executor());
  auto wait = kFirstPause;
  error_code ignored;
  acceptor.set_option(tcp::no_delay(true), ignored);  // whoever is accepted inherits it
  while (acceptor.is_open()) {
    tcp::endpoint peer;
    Socket socket(acceptor.get_executor());
    const auto [error] = co_await acceptor.async_accept(socket, peer, use_task);
    if (!error) {
      wait = kFirstPause;
      on_accept(std::move(socket), peer);
      continue;
    }
    if (!acceptor.is_open() || error == asio::error::operation_aborted) co_return;
    on_error(error);
    if (error == asio::error::connection_aborted) continue;
    pause.expires_after(wait);
    co_await pause.async_wait(use_task);
    wait = std::min(wait * 2, kLongestPause);
  }
}

}  // namespace breakwater::net
