#include "proxy/app/own_addresses.h"

#include <cstring>
#include <memory>

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <netinet/in.h>

namespace breakwater::app {

std::vector<categories::IpAddress> own_addresses() {
  std::vector<categories::IpAddress> result;
  ifaddrs* first = nullptr;
  if (::getifaddrs(&first) != 0) return result;
  const std::unique_ptr<ifaddrs, void (*)(ifaddrs*)> owned(first, &::freeifaddrs);
  for (const auto* each = first; each; each = each->ifa_next) {
    if (!each->ifa_addr) continue;
    if (each->ifa_addr->sa_family == AF_INET) {
      sockaddr_in address{};
      std::memcpy(&address, each->ifa_addr, sizeof address);
      result.push_back(categories::IpAddress::from_v4(ntohl(address.sin_addr.s_addr)));
    } else if (each->ifa_addr->sa_family == AF_INET6) {
      sockaddr_in6 address{};
      std::memcpy(&address, each->ifa_addr, sizeof address);
      categories::IpAddress::Bytes bytes{};
      std::memcpy(bytes.data(), &address.sin6_addr, bytes.size());
      result.emplace_back(bytes);
    }
  }
  return result;
}

}  // namespace breakwater::app
