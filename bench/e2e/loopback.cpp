#include "bench/e2e/loopback.h"

#include <cerrno>
#include <charconv>
#include <system_error>

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

namespace breakwater::bench {
namespace {

constexpr std::uint32_t kLoopbackNetwork = 127;  // the first octet of 127.0.0.0/8, RFC 1122 section 3.2.1.3
constexpr std::uint32_t kSpreadBase = 0x7f090001;
constexpr std::uint32_t kSpreadCount = 250;
constexpr int kBacklog = 4096;

[[noreturn]] void throw_errno(const char* what) {
  throw std::system_error(errno, std::system_category(), what);
}

void enable(const Fd& socket, int level, int option) {
  const int one = 1;
  if (setsockopt(socket.get(), level, option, &one, sizeof one) != 0) throw_errno("setsockopt");
}

// The one place where the socket API wants its untyped address.
const sockaddr* generic(const sockaddr_in& address) {
  return reinterpret_cast<const sockaddr*>(&address);
}

Fd make_socket() {
  Fd socket{::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
  if (!socket.is_open()) throw_errno("socket");
  return socket;
}

}  // namespace

LoopbackEndpoint::LoopbackEndpoint(std::uint32_t host, std::uint16_t port) {
  address_.sin_family = AF_INET;
  address_.sin_addr.s_addr = htonl(host);
  address_.sin_port = htons(port);
}

std::optional<LoopbackEndpoint> LoopbackEndpoint::parse(std::string_view text) {
  const auto colon = text.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  in_addr host{};
  if (inet_pton(AF_INET, std::string(text.substr(0, colon)).c_str(), &host) != 1) return std::nullopt;
  if (ntohl(host.s_addr) >> 24 != kLoopbackNetwork) return std::nullopt;
  const std::string_view digits = text.substr(colon + 1);
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(digits.begin(), digits.end(), port);
  if (error != std::errc{} || end != digits.end() || port == 0) return std::nullopt;
  return LoopbackEndpoint(ntohl(host.s_addr), port);
}

LoopbackEndpoint LoopbackEndpoint::spread_source(std::uint32_t index) {
  return LoopbackEndpoint(kSpreadBase + index % kSpreadCount, 0);
}

Fd start_connect(const LoopbackEndpoint& target, const std::optional<LoopbackEndpoint>& source) {
  Fd socket = make_socket();
  enable(socket, IPPROTO_TCP, TCP_NODELAY);
  if (source) {
    // The port is then chosen at connect(), for the whole 4-tuple: a bind() would exhaust the ports of the address.
    enable(socket, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT);
    if (bind(socket.get(), generic(source->address()), sizeof(sockaddr_in)) != 0) throw_errno("bind");
  }
  if (connect(socket.get(), generic(target.address()), sizeof(sockaddr_in)) != 0 && errno != EINPROGRESS)
    socket.reset();
  return socket;
}

Fd open_listener(std::uint16_t port) {
  Fd socket = make_socket();
  enable(socket, SOL_SOCKET, SO_REUSEADDR);
  enable(socket, SOL_SOCKET, SO_REUSEPORT);
  if (setsockopt(socket.get(), SOL_SOCKET, SO_BINDTODEVICE, "lo", sizeof "lo") != 0) throw_errno("SO_BINDTODEVICE lo");
  sockaddr_in any{};
  any.sin_family = AF_INET;
  any.sin_port = htons(port);
  if (bind(socket.get(), generic(any), sizeof any) != 0) throw_errno("bind");
  if (listen(socket.get(), kBacklog) != 0) throw_errno("listen");
  return socket;
}

std::uint16_t local_port(const Fd& socket) {
  sockaddr_in address{};
  socklen_t size = sizeof address;
  if (getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &size) != 0) throw_errno("getsockname");
  return ntohs(address.sin_port);
}

}  // namespace breakwater::bench
