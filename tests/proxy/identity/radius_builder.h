#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "proxy/identity/radius_packet.h"

namespace breakwater::identity {

inline constexpr std::string_view kSecret = "testing123";

/// Builds Accounting-Requests as an access point does.
class RadiusBuilder {
 public:
  using Bytes = std::vector<std::uint8_t>;

  RadiusBuilder& add(std::uint8_t type, const Bytes& value) {
    attributes_.push_back(type);
    attributes_.push_back(static_cast<std::uint8_t>(value.size() + 2));
    attributes_.insert(attributes_.end(), value.begin(), value.end());
    return *this;
  }
  RadiusBuilder& text(std::uint8_t type, std::string_view value) {
    return add(type, Bytes(value.begin(), value.end()));
  }
  RadiusBuilder& number(std::uint8_t type, std::uint32_t value) {
    return add(type, {static_cast<std::uint8_t>(value >> 24), static_cast<std::uint8_t>(value >> 16),
                      static_cast<std::uint8_t>(value >> 8), static_cast<std::uint8_t>(value)});
  }
  RadiusBuilder& v6(std::uint8_t type, std::string_view address) {
    const auto bytes = categories::IpAddress::parse(address)->bytes();
    return add(type, Bytes(bytes.begin(), bytes.end()));
  }
  RadiusBuilder& status(std::uint32_t value) { return number(40, value); }
  RadiusBuilder& session(std::string_view id) { return text(44, id); }
  RadiusBuilder& user(std::string_view name) { return text(1, name); }
  RadiusBuilder& mac(std::string_view station) { return text(31, station); }
  RadiusBuilder& v4(std::string_view address) { return number(8, categories::IpAddress::parse(address)->v4()); }

  Bytes build(std::string_view secret = kSecret, std::uint8_t code = 4, std::uint8_t identifier = 7) const {
    const auto length = attributes_.size() + 20;
    Bytes packet{code, identifier, static_cast<std::uint8_t>(length >> 8), static_cast<std::uint8_t>(length)};
    packet.resize(20);
    packet.insert(packet.end(), attributes_.begin(), attributes_.end());
    const Bytes key(secret.begin(), secret.end());
    std::ranges::copy(radius_md5({packet, key}), packet.begin() + 4);
    return packet;
  }

 private:
  Bytes attributes_;
};

}  // namespace breakwater::identity
