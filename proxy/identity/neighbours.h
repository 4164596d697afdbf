#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <span>

#include "categories/file.h"
#include "categories/ip_address.h"
#include "proxy/identity/mac_address.h"

namespace breakwater::identity {

/// Which MAC the kernel has seen at an address of the local network. IPv6 privacy addresses are found by it.
using Neighbours = std::map<categories::IpAddress, MacAddress>;

inline constexpr std::size_t kMaxNeighbours = 200'000;

/// What the kernel's messages came to.
enum class NeighbourNews : std::uint8_t {
  none,    ///< the table is as it was: most messages only say that a neighbour is still there
  change,  ///< the table has changed
  lost,    ///< malformed, an error, or more than the socket holds: ask for a dump
};

/// Applies one datagram of an rtnetlink socket (rtnetlink(7), RTM_NEWNEIGH and RTM_DELNEIGH) to the table. Link-local
/// and multicast addresses are left out: they mean nothing without their interface. Never throws.
NeighbourNews apply_neighbours(std::span<const std::uint8_t> datagram, Neighbours& table);

/// A socket that hears every change of the neighbour table. Not thread-safe.
class NeighbourSocket {
 public:
  /// Without a socket where the system gives none: see errno.
  NeighbourSocket();
  explicit operator bool() const { return static_cast<bool>(file_); }
  int get() const { return file_.get(); }

  /// Asks for the whole table; false: errno says why.
  bool request_dump() const;

  /// Reads all that waits, into the table; behind request_dump() that is the whole of it.
  NeighbourNews receive(Neighbours& table) const;

 private:
  categories::File file_;
};

}  // namespace breakwater::identity
