#include "proxy/identity/mac_address.h"

namespace breakwater::identity {
namespace {

constexpr std::size_t kDigits = 12;

std::optional<std::uint8_t> digit(char c) {
  if (c >= '0' && c <= '9') return static_cast<std::uint8_t>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<std::uint8_t>(c - 'a' + 10);
  if (c >= 'A' && c <= 'F') return static_cast<std::uint8_t>(c - 'A' + 10);
  return std::nullopt;
}

}  // namespace

std::optional<MacAddress> MacAddress::parse(std::string_view text) {
  const auto first = text.find_first_of("-:.");
  const auto group = first == std::string_view::npos ? kDigits : first;
  if (group != 2 && group != 4 && group != 6 && group != kDigits) return std::nullopt;
  if (text.size() != kDigits + kDigits / group - 1) return std::nullopt;
  Bytes bytes{};
  std::size_t digits = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (i % (group + 1) == group) {
      if (text[i] != text[first]) return std::nullopt;
      continue;
    }
    const auto value = digit(text[i]);
    if (!value) return std::nullopt;
    auto& byte = bytes.at(digits++ / 2);
    byte = static_cast<std::uint8_t>(byte << 4 | *value);
  }
  return MacAddress(bytes);
}

std::string MacAddress::to_string() const {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string text;
  for (const auto byte : bytes_) {
    if (!text.empty()) text += ':';
    text += kHex[byte >> 4];
    text += kHex[byte & 0x0f];
  }
  return text;
}

}  // namespace breakwater::identity
