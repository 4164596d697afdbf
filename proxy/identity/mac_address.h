#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace breakwater::identity {

/// An Ethernet or Wi-Fi address: 48 bits (IEEE 802 EUI-48).
class MacAddress {
 public:
  using Bytes = std::array<std::uint8_t, 6>;

  MacAddress() = default;  ///< 00:00:00:00:00:00
  explicit MacAddress(const Bytes& bytes) : bytes_(bytes) {}

  /// Twelve hexadecimal digits in groups of 2, 4, 6 or 12, between them always the same one of `-`, `:` and `.`, as
  /// access points spell them: 02-00-5E-10-00-01, 02:00:5e:10:00:01, 0200.5e10.0001, 02005e-100001, 02005e100001.
  static std::optional<MacAddress> parse(std::string_view text);

  std::string to_string() const;  ///< 02:00:5e:10:00:01
  const Bytes& bytes() const { return bytes_; }
  /// Locally administered (IEEE 802c): made up by the device, for this network or for this week.
  bool is_randomised() const { return (bytes_[0] & 0x02) != 0; }
  /// One device's: neither all zero nor for a group.
  bool is_device() const { return (bytes_[0] & 0x01) == 0 && *this != MacAddress(); }

  auto operator<=>(const MacAddress&) const = default;

 private:
  Bytes bytes_{};
};

}  // namespace breakwater::identity
