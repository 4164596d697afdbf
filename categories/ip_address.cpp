#include "categories/ip_address.h"

#include <algorithm>
#include <charconv>

#include <arpa/inet.h>

namespace breakwater::categories {
namespace {

constexpr std::size_t kV4Offset = 12;
constexpr std::uint8_t kV4PrefixBits = 96;
constexpr std::array<std::uint8_t, kV4Offset> kV4Mapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

std::uint32_t v4_at(const IpAddress::Bytes& bytes, std::size_t offset) {
  std::uint32_t value = 0;
  for (std::size_t i = offset; i < offset + 4; ++i)
    value = value << 8 | bytes[i];
  return value;
}

struct V4Block {
  std::uint32_t address;
  unsigned prefix;
};

/// Not globally reachable, by the IANA IPv4 Special-Purpose Address Registry; then multicast, class E and broadcast.
constexpr V4Block kSpecialV4[] = {
    {0x00000000, 8},   // "this network", RFC 791
    {0x0a000000, 8},   // private use, RFC 1918
    {0x64400000, 10},  // shared address space, RFC 6598
    {0x7f000000, 8},   // loopback, RFC 1122
    {0xa9fe0000, 16},  // link local, RFC 3927
    {0xac100000, 12},  // private use, RFC 1918
    {0xc0000000, 24},  // IETF protocol assignments, RFC 6890; its two anycast addresses serve the local network only
    {0xc0000200, 24},  // TEST-NET-1, RFC 5737
    {0xc0586300, 24},  // 6to4 relay anycast, withdrawn by RFC 7526
    {0xc0a80000, 16},  // private use, RFC 1918
    {0xc6120000, 15},  // benchmarking, RFC 2544
    {0xc6336400, 24},  // TEST-NET-2, RFC 5737
    {0xcb007100, 24},  // TEST-NET-3, RFC 5737
    {0xe0000000, 4},   // multicast, RFC 1112
    {0xf0000000, 4},   // reserved, RFC 1112; limited broadcast, RFC 919
};

bool is_public_v4(std::uint32_t address) {
  return std::none_of(std::begin(kSpecialV4), std::end(kSpecialV4), [address](const V4Block& block) {
    return (address ^ block.address) >> (32 - block.prefix) == 0;
  });
}

struct V6Block {
  std::array<std::uint8_t, 6> start;
  unsigned prefix;
};

bool is_in(const IpAddress::Bytes& bytes, const V6Block& block) {
  unsigned left = block.prefix;
  for (std::size_t i = 0; left > 0; ++i) {
    const unsigned bits = std::min(left, 8U);
    if ((bytes[i] ^ block.start[i]) >> (8 - bits)) return false;
    left -= bits;
  }
  return true;
}

constexpr V6Block kGlobalUnicast{{0x20}, 3};  // 2000::/3, the only block allocated to hosts (RFC 4291 2.4)
constexpr V6Block k6to4{{0x20, 0x02}, 16};    // RFC 3056 2: the IPv4 address follows the prefix
constexpr std::array<std::uint8_t, kV4Offset> kNat64{0x00, 0x64, 0xff, 0x9b};  // 64:ff9b::/96, RFC 6052 2.1
constexpr std::array<std::uint8_t, kV4Offset> kV4Compatible{};  // ::/96, RFC 4291 2.5.5.1; also :: and ::1

/// Inside 2000::/3, yet not globally reachable by the IANA IPv6 Special-Purpose Address Registry.
constexpr V6Block kSpecialV6[] = {
    {{0x20, 0x01, 0x00}, 23},        // IETF protocol assignments with Teredo and ORCHID, RFC 2928
    {{0x20, 0x01, 0x0d, 0xb8}, 32},  // documentation, RFC 3849
    {{0x3f, 0xff, 0x00}, 20},        // documentation, RFC 9637
};

std::optional<unsigned> parse_prefix_length(std::string_view digits) {
  if (digits.empty() || digits.size() > 3 || (digits.size() > 1 && digits.front() == '0')) return std::nullopt;
  unsigned value = 0;
  for (const char c : digits) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + static_cast<unsigned>(c - '0');
  }
  return value;
}

}  // namespace

IpAddress IpAddress::from_v4(std::uint32_t host_order) {
  IpAddress address;
  std::copy(kV4Mapped.begin(), kV4Mapped.end(), address.bytes_.begin());
  for (std::size_t i = 16; i-- > kV4Offset; host_order >>= 8)
    address.bytes_[i] = static_cast<std::uint8_t>(host_order);
  return address;
}

std::optional<IpAddress> IpAddress::parse(std::string_view text) {
  std::array<char, INET6_ADDRSTRLEN> terminated{};
  if (text.size() >= terminated.size() || text.find('\0') != std::string_view::npos) return std::nullopt;
  std::copy(text.begin(), text.end(), terminated.begin());
  if (in_addr v4{}; inet_pton(AF_INET, terminated.data(), &v4) == 1) return from_v4(ntohl(v4.s_addr));
  IpAddress address;
  if (inet_pton(AF_INET6, terminated.data(), address.bytes_.data()) == 1) return address;
  return std::nullopt;
}

bool IpAddress::is_v4() const {
  return std::equal(kV4Mapped.begin(), kV4Mapped.end(), bytes_.begin());
}

std::uint32_t IpAddress::v4() const {
  return v4_at(bytes_, kV4Offset);
}

std::string IpAddress::to_string() const {
  std::array<char, INET6_ADDRSTRLEN> text;
  if (!is_v4()) return inet_ntop(AF_INET6, bytes_.data(), text.data(), static_cast<socklen_t>(text.size()));
  auto* end = text.data();
  for (auto i = kV4Offset; i < bytes_.size(); ++i) {
    if (i > kV4Offset) *end++ = '.';
    end = std::to_chars(end, text.data() + text.size(), bytes_[i]).ptr;
  }
  return {text.data(), end};
}

std::optional<Network> Network::parse(std::string_view text) {
  const auto slash = text.find('/');
  const auto address = IpAddress::parse(text.substr(0, slash));
  if (!address) return std::nullopt;
  Network network{.address = *address, .prefix = 128};
  if (slash == std::string_view::npos) return network;

  const auto length = parse_prefix_length(text.substr(slash + 1));
  const unsigned begins = text.find(':') == std::string_view::npos ? kV4PrefixBits : 0;
  if (!length || *length > 128 - begins) return std::nullopt;
  network.prefix = static_cast<std::uint8_t>(*length + begins);

  for (std::size_t bit = network.prefix; bit < 128; ++bit)
    if (address->bytes()[bit / 8] >> (7 - bit % 8) & 1) return std::nullopt;
  return network;
}

bool Network::contains(const IpAddress& candidate) const {
  const std::size_t whole = prefix / 8;
  const auto& own = address.bytes();
  const auto& other = candidate.bytes();
  if (!std::equal(own.begin(), own.begin() + static_cast<std::ptrdiff_t>(whole), other.begin())) return false;
  return prefix % 8 == 0 || (own[whole] ^ other[whole]) >> (8 - prefix % 8) == 0;
}

std::string Network::to_string() const {
  const bool v4 = address.is_v4() && prefix >= kV4PrefixBits;
  return address.to_string() + '/' + std::to_string(v4 ? prefix - kV4PrefixBits : prefix);
}

bool is_public(const IpAddress& address) {
  const auto& bytes = address.bytes();
  const auto begins_with = [&bytes](const auto& start) {
    return std::equal(start.begin(), start.end(), bytes.begin());
  };
  if (begins_with(kV4Mapped) || begins_with(kNat64) || begins_with(kV4Compatible))
    return is_public_v4(v4_at(bytes, kV4Offset));
  if (is_in(bytes, k6to4)) return is_public_v4(v4_at(bytes, 2));
  return is_in(bytes, kGlobalUnicast) && std::none_of(std::begin(kSpecialV6), std::end(kSpecialV6),
                                                      [&bytes](const V6Block& block) { return is_in(bytes, block); });
}

}  // namespace breakwater::categories
