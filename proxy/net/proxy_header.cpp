// Version 1, one line of text (2.1):
//
//   PROXY TCP4 192.0.2.7 192.0.2.1 51234 3128\r\n          TCP4, TCP6: client, balancer, their ports
//   PROXY UNKNOWN ...\r\n                                  what follows UNKNOWN says nothing
//
// Version 2, binary (2.2):
//
//   0             12      13      14        16                          16 + length
//   | signature   | v, cmd| af, tp| length  | addresses, ports | TLV ... |
//
//   v 2; cmd 0 LOCAL, 1 PROXY;  af 1 IPv4, 2 IPv6;  tp 1 TCP;   TLV: type (1), length (2), value

#include "proxy/net/proxy_header.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <span>

#include <boost/crc.hpp>

#include "proxy/wire/byte_reader.h"

namespace breakwater::net {
namespace {

using categories::IpAddress;
using Bytes = std::span<const std::uint8_t>;
using Crc32c = boost::crc_optimal<32, 0x1EDC6F41, 0xFFFFFFFF, 0xFFFFFFFF, true, true>;  // RFC 4960, appendix B

constexpr std::string_view kLine = "PROXY ";
constexpr std::string_view kSignature("\r\n\r\n\0\r\nQUIT\n", 12);
constexpr std::size_t kShortest = 15;  // "PROXY UNKNOWN\r\n"
constexpr std::size_t kFixedPart = 16;
constexpr std::uint8_t kChecksum = 0x03;  // PP2_TYPE_CRC32C

ProxyHeader need(std::size_t wanted) {
  return {ProxyHeader::Status::need_more, 0, wanted, {}, {}};
}

ProxyHeader malformed(std::string_view fault) {
  return {ProxyHeader::Status::malformed, 0, 0, {}, fault};
}

ProxyHeader done(std::size_t size, const std::optional<IpAddress>& client) {
  return {ProxyHeader::Status::done, size, 0, client, {}};
}

bool is_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, port);
  return error == std::errc() && stop == end;
}

/// The text before the next space, which goes too.
std::string_view take_word(std::string_view& rest) {
  const auto word = rest.substr(0, rest.find(' '));
  rest.remove_prefix(std::min(rest.size(), word.size() + 1));
  return word;
}

ProxyHeader parse_line(std::string_view received) {
  const auto window = received.substr(0, kProxyLineMost);
  const auto end = window.find('\r');
  const bool cut = end == std::string_view::npos || end + 1 == window.size();
  if (cut && window.size() == kProxyLineMost) return malformed("a PROXY line of over 107 bytes");
  if (cut) return need(end == std::string_view::npos ? std::min<std::size_t>(2, kProxyLineMost - window.size()) : 1);
  if (window[end + 1] != '\n') return malformed("a PROXY line that does not end in CRLF");
  auto rest = window.substr(kLine.size(), end - kLine.size());
  const auto size = end + 2;
  const auto family = take_word(rest);
  if (family == "UNKNOWN") return done(size, std::nullopt);
  if (family != "TCP4" && family != "TCP6") return malformed("a PROXY line of an unknown family");
  const auto is_of_family = [family](std::string_view address) {
    return (address.find(':') != std::string_view::npos) == (family == "TCP6");
  };
  const auto source_text = take_word(rest);
  const auto target_text = take_word(rest);
  const auto source = IpAddress::parse(source_text);
  const auto target = IpAddress::parse(target_text);
  if (!source || !target || !is_of_family(source_text) || !is_of_family(target_text))
    return malformed("a PROXY line with a wrong address");
  const auto source_port = take_word(rest);
  if (!is_port(source_port) || !is_port(rest)) return malformed("a PROXY line with a wrong port");
  return done(size, source);
}

/// Skips the TLVs. "" or what is wrong; `header` is all of it.
std::string_view check_tlvs(wire::ByteReader tlvs, Bytes header) {
  while (!tlvs.empty()) {
    const auto type = tlvs.u8();
    const auto value = tlvs.vector16();
    if (!type || !value) return "a PROXY header with a TLV that is cut";
    if (*type != kChecksum) continue;
    if (value->remaining() != sizeof(std::uint32_t)) return "a PROXY header with a checksum of a wrong size";
    // It was made with zeros where it stands.
    const auto before = header.size() - tlvs.remaining() - value->remaining();
    constexpr std::array<std::uint8_t, sizeof(std::uint32_t)> kZeros{};
    Crc32c sum;
    sum.process_bytes(header.data(), before);
    sum.process_bytes(kZeros.data(), kZeros.size());
    sum.process_bytes(tlvs.rest().data(), tlvs.remaining());
    std::uint32_t told = 0;
    for (const auto byte : value->rest())
      told = told << 8 | byte;
    if (sum.checksum() != told) return "a PROXY header with a wrong checksum";
  }
  return {};
}

IpAddress v4_from(Bytes bytes) {
  std::uint32_t address = 0;
  for (const auto byte : bytes)
    address = address << 8 | byte;
  return IpAddress::from_v4(address);
}

IpAddress v6_from(Bytes bytes) {
  IpAddress::Bytes address{};
  std::copy(bytes.begin(), bytes.end(), address.begin());
  return IpAddress(address);
}

ProxyHeader parse_binary(Bytes received) {
  constexpr std::uint8_t kLocal = 0x20;
  constexpr std::uint8_t kProxy = 0x21;
  constexpr std::uint8_t kTcp4 = 0x11;
  constexpr std::uint8_t kTcp6 = 0x21;
  if (received.size() < kFixedPart) return need(kFixedPart - received.size());
  wire::ByteReader reader(received);
  reader.bytes(kSignature.size());
  const auto command = *reader.u8();
  const auto family = *reader.u8();
  const std::size_t length = *reader.u16();
  const auto size = kFixedPart + length;
  if (command != kLocal && command != kProxy) return malformed("a PROXY header of an unknown version or command");
  if (command == kProxy && family != kTcp4 && family != kTcp6)
    return malformed("a PROXY header that names no TCP client");
  if (size > kProxyHeaderMost) return malformed("a PROXY header of over 4096 bytes");
  if (received.size() < size) return need(size - received.size());
  if (command == kLocal) return done(size, std::nullopt);  // whatever it holds is to be discarded
  const std::size_t address_size = family == kTcp4 ? 4 : 16;
  wire::ByteReader content(*reader.bytes(length));
  const auto source = content.bytes(address_size);
  const auto target_and_ports = content.bytes(address_size + 2 * sizeof(std::uint16_t));
  if (!source || !target_and_ports) return malformed("a PROXY header whose addresses are cut");
  if (const auto fault = check_tlvs(content, received.first(size)); !fault.empty()) return malformed(fault);
  return done(size, family == kTcp4 ? v4_from(*source) : v6_from(*source));
}

}  // namespace

ProxyHeader parse_proxy_header(std::string_view received) {
  const auto begins = [received](std::string_view with) {
    return received.substr(0, with.size()) == with.substr(0, received.size());
  };
  const bool is_line = begins(kLine);
  if (!is_line && !begins(kSignature)) return malformed("no PROXY header");
  if (received.size() < kShortest) return need(kShortest - received.size());
  if (is_line) return parse_line(received);
  return parse_binary({reinterpret_cast<const std::uint8_t*>(received.data()), received.size()});
}

}  // namespace breakwater::net
