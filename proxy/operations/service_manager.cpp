#include "proxy/operations/service_manager.h"

#include <algorithm>

#include <fcntl.h>
#include <sys/socket.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

namespace breakwater::operations {
namespace {

std::optional<net::tcp::endpoint> listens_on(int descriptor) {
  if (::sd_is_socket(descriptor, AF_UNSPEC, SOCK_STREAM, 1) <= 0) return std::nullopt;
  net::tcp::endpoint endpoint;
  auto size = static_cast<socklen_t>(endpoint.capacity());
  if (::getsockname(descriptor, endpoint.data(), &size) != 0) return std::nullopt;
  const int family = endpoint.data()->sa_family;
  if (family != AF_INET && family != AF_INET6) return std::nullopt;
  endpoint.resize(size);
  return endpoint;
}

}  // namespace

void notify(const std::string& state) {
  ::sd_notify(0, state.c_str());
}

std::optional<std::chrono::microseconds> watchdog_interval() {
  std::uint64_t microseconds = 0;
  if (::sd_watchdog_enabled(0, &microseconds) <= 0) return std::nullopt;
  return std::chrono::microseconds(microseconds);
}

InheritedSockets InheritedSockets::take() {
  InheritedSockets sockets;
  const int count = ::sd_listen_fds(1);
  for (int descriptor = SD_LISTEN_FDS_START; descriptor < SD_LISTEN_FDS_START + count; ++descriptor) {
    if (const auto endpoint = listens_on(descriptor)) {
      sockets.sockets_.push_back({descriptor, *endpoint});
    } else {
      ::close(descriptor);
    }
  }
  return sockets;
}

InheritedSockets::~InheritedSockets() {
  for (const auto& each : sockets_)
    ::close(each.descriptor);
}

bool InheritedSockets::has(const net::tcp::endpoint& endpoint) const {
  return std::any_of(sockets_.begin(), sockets_.end(), [&](const auto& each) { return each.endpoint == endpoint; });
}

std::optional<net::Acceptor> InheritedSockets::acceptor(net::Executor executor, const net::tcp::endpoint& endpoint,
                                                        net::error_code& error) const {
  const auto found =
      std::find_if(sockets_.begin(), sockets_.end(), [&](const auto& each) { return each.endpoint == endpoint; });
  if (found == sockets_.end()) return std::nullopt;
  const int copy = ::fcntl(found->descriptor, F_DUPFD_CLOEXEC, 0);
  net::Acceptor acceptor(executor);
  if (copy < 0) {
    error.assign(errno, boost::system::system_category());
  } else {
    acceptor.assign(endpoint.protocol(), copy, error);
    if (error) ::close(copy);
  }
  return acceptor;
}

std::vector<net::tcp::endpoint> InheritedSockets::endpoints() const {
  std::vector<net::tcp::endpoint> all;
  all.reserve(sockets_.size());
  for (const auto& each : sockets_)
    all.push_back(each.endpoint);
  return all;
}

}  // namespace breakwater::operations
