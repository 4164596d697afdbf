#include "proxy/net/original_destination.h"

#include <netinet/in.h>
#include <sys/socket.h>

namespace breakwater::net {
namespace {

/// SO_ORIGINAL_DST (linux/netfilter_ipv4.h) and IP6T_SO_ORIGINAL_DST (linux/netfilter_ipv6/ip6_tables.h): those headers
/// do not go together with the C library's.
constexpr int kOriginalDestination = 80;

}  // namespace

tcp::endpoint original_destination(Socket& socket, Redirection by) {
  error_code error;
  auto local = socket.local_endpoint(error);
  if (error || by == Redirection::tproxy) return local;
  tcp::endpoint original;
  auto size = static_cast<socklen_t>(original.capacity());
  const int level = local.address().is_v6() ? IPPROTO_IPV6 : IPPROTO_IP;
  if (::getsockopt(socket.native_handle(), level, kOriginalDestination, original.data(), &size) != 0) return local;
  return original;
}

}  // namespace breakwater::net
