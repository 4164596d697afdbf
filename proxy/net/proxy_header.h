#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "categories/ip_address.h"

namespace breakwater::net {

/// What a PROXY header may measure in all. A line of version 1 ends within 107 bytes (2.1); the addresses of version 2
/// take 52, and no balancer for clients without certificates sends kilobytes of TLVs.
inline constexpr std::size_t kProxyLineMost = 107;
inline constexpr std::size_t kProxyHeaderMost = 4096;

/// What a balancer says first about a connection that it passes on: the PROXY protocol, version 1 or 2, as HAProxy
/// defines it (doc/proxy-protocol.txt; clauses are named by its numbers).
struct ProxyHeader {
  enum class Status : std::uint8_t { done, need_more, malformed };
  Status status = Status::malformed;
  std::size_t size = 0;    ///< done: of the header; what follows is the client's
  std::size_t wanted = 0;  ///< need_more: bytes that certainly belong to the header still; none of the client's is read
  /// done: who has connected to the balancer; nullopt: nobody, it is a connection of the balancer's own.
  std::optional<categories::IpAddress> client;
  std::string_view fault;  ///< malformed: why, for people

  bool operator==(const ProxyHeader&) const = default;
};

/// Reads the header at the front of `received`. An answer other than need_more does not change when more comes. Of the
/// TLVs of version 2 only the checksum (2.2.3) counts, where it is there; the others are skipped. Connections of
/// another kind than TCP over IP name no client who could be judged, and are malformed.
ProxyHeader parse_proxy_header(std::string_view received);

}  // namespace breakwater::net
