// Text is told by its first word (SSH: RFC 4253 4.2; HTTP: RFC 9112 3; XMPP: RFC 6120 4.2; IRC: RFC 2812 3.1), the rest
// by
//
//   SOCKS 4     | 4 | command 1 or 2 | port 2 | address 4 | user ... 0 |
//   SOCKS 5     | 5 | n | method n |                                      RFC 1928 3
//   OpenVPN     | length 2 | opcode, key 0 | session 8 | ...              a hard reset of the client, in TCP framing
//   WireGuard   | length 2 = 148 | 1 | 0 0 0 | sender 4 | ...             an initiation behind the length of
//   udp-over-tcp RDP         | 3 | 0 | length 2 | n | 0xe0 | ...                       TPKT and X.224 (RFC 1006 6,
//   [MS-RDPBCGR] 2.2.1.1) TeamViewer  | 0x17 0x24 | command | ...

#include "proxy/circumvention/first_words.h"

#include <algorithm>

#include "proxy/wire/byte_reader.h"

namespace breakwater::circumvention {
namespace {

using Hearing = FirstWords::Hearing;
using rules::Reason;
using wire::ByteReader;
using Bytes = std::span<const std::uint8_t>;

struct Word {
  std::string_view text;
  Reason reason;
  std::string_view name;
};

constexpr Word kWords[] = {
    {"SSH-", Reason::ssh, "SSH"},
    {"SSTP_DUPLEX_POST ", Reason::sstp, "SSTP"},
    {"CONNECT ", Reason::nested_proxy, "CONNECT of another proxy"},
    {"PRI * HTTP/2.0", Reason::plain_http, "HTTP"},
    {"\023BitTorrent protocol", Reason::bittorrent, "BitTorrent"},
    {"<stream:stream", Reason::chat_protocol, "XMPP"},
    {"<?xml", Reason::chat_protocol, "XMPP"},
    {"CAP LS", Reason::chat_protocol, "IRC"},
    {"NICK ", Reason::chat_protocol, "IRC"},
    {"USER ", Reason::chat_protocol, "IRC"},
    {"RFB 0", Reason::remote_desktop, "VNC"},
    {"\x17\x24", Reason::remote_desktop, "TeamViewer"},
};

constexpr std::string_view kMethods[] = {"GET ", "HEAD ", "POST ", "PUT ", "DELETE ", "OPTIONS ", "PATCH ", "TRACE "};
constexpr std::string_view kAbsolute = "http";  ///< RFC 9112 3.2.2: only a proxy is asked with a whole URL

constexpr std::uint8_t kSocks4 = 4;
constexpr std::uint8_t kSocks5 = 5;
constexpr std::uint16_t kTpkt = 0x0300;
constexpr std::uint16_t kLeastReset = 14;   ///< of OpenVPN: opcode, session, count of acknowledgements, packet
constexpr std::uint16_t kMostReset = 1500;  ///< with its keys wrapped (tls-crypt-v2) it still is one packet
constexpr std::uint16_t kInitiation = 148;  ///< bytes of WireGuard's first message
constexpr std::uint8_t kConnectionRequest = 0xe0;

bool starts_with(Bytes bytes, std::string_view text) {
  return bytes.size() >= text.size() && std::equal(text.begin(), text.end(), bytes.begin());
}

/// `known` where the text stands there, `need_more` where it may.
Hearing hear(Bytes bytes, std::string_view text) {
  if (starts_with(bytes, text)) return Hearing::known;
  const auto so_far = text.substr(0, bytes.size());
  return so_far.size() < text.size() && starts_with(bytes, so_far) ? Hearing::need_more : Hearing::unknown;
}

FirstWords hear_word(Bytes bytes) {
  FirstWords out;
  for (const auto& word : kWords) {
    const auto hearing = hear(bytes, word.text);
    if (hearing == Hearing::known) return {hearing, word.reason, word.name};
    if (hearing == Hearing::need_more) out.hearing = hearing;
  }
  return out;
}

FirstWords hear_request(Bytes bytes) {
  FirstWords out;
  for (const auto method : kMethods) {
    const auto hearing = hear(bytes, method);
    if (hearing == Hearing::need_more) out.hearing = hearing;
    if (hearing != Hearing::known) continue;
    switch (hear(bytes.subspan(method.size()), kAbsolute)) {
      case Hearing::known:
        return {Hearing::known, Reason::nested_proxy, "a request to another proxy"};
      case Hearing::need_more:
        return {Hearing::need_more};
      case Hearing::unknown:
        return {Hearing::known, Reason::plain_http, "HTTP"};
    }
  }
  return out;
}

/// A step of a form that has a byte at each place: what is not there yet may come.
template <class Value, class Test>
Hearing step(const std::optional<Value>& value, Test test) {
  if (!value) return Hearing::need_more;
  return test(*value) ? Hearing::known : Hearing::unknown;
}

Hearing hear_socks5(ByteReader in) {
  if (const auto version = step(in.u8(), [](auto value) { return value == kSocks5; }); version != Hearing::known)
    return version;
  const auto count = in.u8();
  if (const auto heard = step(count, [](auto value) { return value != 0 && value + 2U <= kMostFirstWords; });
      heard != Hearing::known)
    return heard;
  return in.bytes(*count) ? Hearing::known : Hearing::need_more;
}

Hearing hear_socks4(ByteReader in) {
  if (const auto version = step(in.u8(), [](auto value) { return value == kSocks4; }); version != Hearing::known)
    return version;
  if (const auto command = step(in.u8(), [](auto value) { return value == 1 || value == 2; });
      command != Hearing::known)
    return command;
  if (const auto port = step(in.u16(), [](auto value) { return value != 0; }); port != Hearing::known) return port;
  return in.bytes(4) ? Hearing::known : Hearing::need_more;
}

/// The client's hard resets: opcodes 1, 7 and 10 in the upper five bits, key 0 below.
bool is_reset(std::uint8_t byte) {
  return byte == 1U << 3U || byte == 7U << 3U || byte == 10U << 3U;
}

Hearing hear_openvpn(ByteReader in) {
  const auto is_fit = [](auto value) { return value >= kLeastReset && value <= kMostReset; };
  if (const auto length = step(in.u16(), is_fit); length != Hearing::known) return length;
  return step(in.u8(), is_reset);
}

Hearing hear_wireguard(ByteReader in) {
  if (const auto length = step(in.u16(), [](auto value) { return value == kInitiation; }); length != Hearing::known)
    return length;
  if (const auto type = step(in.u8(), [](auto value) { return value == 1; }); type != Hearing::known) return type;
  return step(in.u24(), [](auto value) { return value == 0; });
}

Hearing hear_rdp(ByteReader in) {
  if (const auto header = step(in.u16(), [](auto value) { return value == kTpkt; }); header != Hearing::known)
    return header;
  if (!in.u16() || !in.u8()) return Hearing::need_more;
  return step(in.u8(), [](auto value) { return value == kConnectionRequest; });
}

struct Form {
  Hearing (*hear)(ByteReader);
  Reason reason;
  std::string_view name;
};

constexpr Form kForms[] = {
    {&hear_socks5, Reason::socks, "SOCKS 5"},    {&hear_socks4, Reason::socks, "SOCKS 4"},
    {&hear_openvpn, Reason::openvpn, "OpenVPN"}, {&hear_wireguard, Reason::wireguard, "WireGuard over TCP"},
    {&hear_rdp, Reason::remote_desktop, "RDP"},
};

}  // namespace

/// In their order: a later one is asked only once those before it cannot be meant, so that no answer changes.
FirstWords name_first_words(Bytes bytes) {
  bytes = bytes.first(std::min(bytes.size(), kMostFirstWords));
  if (const auto word = hear_word(bytes); word.hearing != Hearing::unknown) return word;
  if (const auto request = hear_request(bytes); request.hearing != Hearing::unknown) return request;
  for (const auto& form : kForms)
    if (const auto hearing = form.hear(ByteReader(bytes)); hearing != Hearing::unknown)
      return {hearing, form.reason, form.name};
  return {};
}

}  // namespace breakwater::circumvention
