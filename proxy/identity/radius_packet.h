#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "categories/ip_address.h"
#include "proxy/identity/mac_address.h"

namespace breakwater::identity {

inline constexpr std::size_t kMaxRadiusBytes = 4096;  ///< RFC 2866 3
inline constexpr std::size_t kMaxSessionAddresses = 16;

/// Acct-Status-Type (RFC 2866 5.1). `other`: tunnels and failures, which say nothing of who is where.
enum class Accounting : std::uint8_t { start, stop, interim, on, off, other };

/// What an Accounting-Request says of a session, as far as identities need it.
struct AccountingRequest {
  std::uint8_t identifier = 0;
  std::array<std::uint8_t, 16> authenticator{};
  std::vector<std::uint8_t> proxy_states;  ///< those attributes as received, for the response (RFC 2865 5.33)

  Accounting status = Accounting::other;
  std::string session;                         ///< Acct-Session-Id
  std::string nas;                             ///< NAS-Identifier and addresses of the NAS; "" where it gives none
  std::string user;                            ///< clean and in lower case; "" where it is only the device's MAC again
  std::optional<MacAddress> mac;               ///< Calling-Station-Id
  std::vector<categories::Network> addresses;  ///< Framed-IP-Address, Framed-IPv6-Address, Framed-IPv6-Prefix
  std::chrono::seconds delay{0};               ///< Acct-Delay-Time: how long ago it happened
  std::chrono::seconds lasted{0};              ///< Acct-Session-Time
};

enum class RadiusStatus : std::uint8_t {
  ok,
  truncated,          ///< shorter than it says, or than a packet can be
  too_large,          ///< says more than kMaxRadiusBytes
  not_accounting,     ///< another code than Accounting-Request
  bad_authenticator,  ///< not made with this secret, or changed on the way
  bad_attribute,      ///< a length that does not fit the packet or the attribute's type
  no_status,          ///< no Acct-Status-Type, or no Acct-Session-Id where a session is spoken of
};
std::string_view to_string(RadiusStatus status);

/// Reads an Accounting-Request (RFC 2866, attributes of RFC 2865, 3162 and 6911) of a client that shares `secret`. The
/// Request Authenticator is verified before any attribute is looked at; bytes behind the length are padding. Unknown
/// attributes are passed over. Never throws but for want of memory. `request` is whole with `ok` only.
RadiusStatus parse_accounting_request(std::span<const std::uint8_t> datagram, std::string_view secret,
                                      AccountingRequest& request);

/// The Accounting-Response to it (RFC 2866 4.2).
std::vector<std::uint8_t> accounting_response(const AccountingRequest& request, std::string_view secret);

/// MD5 of the pieces in turn, as RADIUS wants it. Throws std::bad_alloc where OpenSSL has no MD5 to give.
std::array<std::uint8_t, 16> radius_md5(std::initializer_list<std::span<const std::uint8_t>> pieces);

}  // namespace breakwater::identity
