#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace breakwater::categories {

/// An IPv4 or IPv6 address. IPv4 is held as IPv4-mapped IPv6 (RFC 4291 2.5.5.2), so that ::ffff:192.0.2.1 and 192.0.2.1
/// are one address and one comparison serves both.
class IpAddress {
 public:
  using Bytes = std::array<std::uint8_t, 16>;

  IpAddress() = default;  ///< ::
  explicit IpAddress(const Bytes& bytes) : bytes_(bytes) {}
  static IpAddress from_v4(std::uint32_t host_order);

  /// Strict text forms: dotted quad (RFC 6943 3.1.1 strict) or RFC 4291 2.2 IPv6 without brackets or zone.
  static std::optional<IpAddress> parse(std::string_view text);

  bool is_v4() const;
  std::uint32_t v4() const;  ///< host order; only where is_v4()
  const Bytes& bytes() const { return bytes_; }
  std::string to_string() const;  ///< dotted quad or RFC 5952

  auto operator<=>(const IpAddress&) const = default;

 private:
  Bytes bytes_{};
};

/// An address prefix in CIDR notation (RFC 4632).
struct Network {
  IpAddress address;
  std::uint8_t prefix = 128;  ///< in bits of the 128-bit form: an IPv4 /8 is 104

  /// "10.0.0.0/8", "fd00::/8" or a single address. Host bits must be zero.
  static std::optional<Network> parse(std::string_view text);
  bool contains(const IpAddress& candidate) const;
  std::string to_string() const;
  auto operator<=>(const Network&) const = default;
};

/// True where the address is globally reachable by IANA's special-purpose registries (RFC 6890 and its updates),
/// multicast excluded. An IPv4 address embedded in IPv6 (NAT64 64:ff9b::/96, 6to4, mapped, compatible) is judged as
/// that IPv4 address.
bool is_public(const IpAddress& address);

}  // namespace breakwater::categories
