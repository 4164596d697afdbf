#include "proxy/net/asio.h"

#include <boost/asio/impl/src.hpp>

namespace breakwater::net {

categories::IpAddress to_ip_address(const asio::ip::address& address) {
  if (address.is_v4()) return categories::IpAddress::from_v4(address.to_v4().to_uint());
  return categories::IpAddress(address.to_v6().to_bytes());
}

asio::ip::address to_asio(const categories::IpAddress& address) {
  if (address.is_v4()) return asio::ip::address_v4(address.v4());
  return asio::ip::address_v6(address.bytes());
}

}  // namespace breakwater::net
