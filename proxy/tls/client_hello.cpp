// What is read (RFC 8446 4.1.2, 5.1; RFC 6066 3; RFC 7301 3.1). [n] marks a vector behind its length in n bytes.
//
//   record     | 22 | 3 minor | length 2 | fragment |      the message may be cut into records at any byte
//   message    |  1 | length 3 | body |
//   body       | version 2 | random 32 | session id [1] | cipher suites [2] | compression [1] | extensions [2] |
//   extension  | type 2 | data [2] | ...                   their whole block may be absent
//     0        names [2]: | 0 | host_name [2] |            exactly one
//     16       protocols [2]: | name [1] | ...
//     0xfe0d   encrypted_client_hello, and 0xffce, its draft ESNI: their presence alone counts

#include "proxy/tls/client_hello.h"

#include <bitset>

#include "categories/result.h"
#include "proxy/wire/byte_reader.h"

namespace breakwater::tls {
namespace {

using wire::ByteReader;
using Bytes = std::span<const std::uint8_t>;

constexpr std::uint8_t kHandshakeRecord = 22;
constexpr std::uint8_t kMajorVersion = 3;
constexpr std::uint16_t kMaxFragment = 1U << 14U;  // RFC 8446 5.1
constexpr std::uint8_t kClientHelloMessage = 1;
constexpr std::size_t kMessageHeader = 4;
constexpr std::size_t kRecordHeader = 5;
constexpr std::size_t kRandom = 32;
constexpr std::size_t kMaxSessionId = 32;
constexpr std::uint8_t kHostName = 0;

constexpr std::uint16_t kServerName = 0;
constexpr std::uint16_t kAlpn = 16;
constexpr std::uint16_t kEncryptedClientHello = 0xfe0d;
constexpr std::uint16_t kEncryptedSni = 0xffce;

static_assert(kMessageHeader + kMaxHello + kMaxHelloRecords * kRecordHeader <= kMaxHelloBytes);

std::string text(Bytes bytes) {
  return {bytes.begin(), bytes.end()};
}

bool read_server_name(ByteReader data, ClientHello& out) {
  auto names = data.vector16();
  if (!names || !data.empty()) return false;
  const auto type = names->u8();
  const auto name = names->vector16();
  if (type != kHostName || !name || name->empty() || !names->empty()) return false;
  out.sni_state = ClientHello::Sni::present;
  out.sni = text(name->rest());
  return true;
}

bool read_alpn(ByteReader data, ClientHello& out) {
  auto names = data.vector16();
  if (!names || names->empty() || !data.empty()) return false;
  while (!names->empty()) {
    const auto name = names->vector8();
    if (!name || name->empty()) return false;
    out.alpn.push_back(text(name->rest()));
  }
  return true;
}

bool read_extensions(ByteReader extensions, ClientHello& out) {
  constexpr std::size_t kTypical = 24;
  out.extensions.reserve(kTypical);
  std::bitset<1U << 16U> seen;
  while (!extensions.empty()) {
    const auto type = extensions.u16();
    const auto data = extensions.vector16();
    if (!type || !data || seen.test(*type)) return false;
    seen.set(*type);
    out.extensions.push_back(*type);
    if (*type == kServerName && !read_server_name(*data, out)) return false;
    if (*type == kAlpn && !read_alpn(*data, out)) return false;
    if (*type == kEncryptedClientHello || *type == kEncryptedSni) out.ech = EchState::present;
  }
  return true;
}

bool read_body(ByteReader body, ClientHello& out) {
  const auto version = body.u16();
  const auto random = body.bytes(kRandom);
  const auto session_id = body.vector8();
  const auto cipher_suites = body.vector16();
  const auto compression = body.vector8();
  if (!version || !random || !session_id || !cipher_suites || !compression) return false;
  if (session_id->remaining() > kMaxSessionId || compression->empty()) return false;
  if (cipher_suites->empty() || cipher_suites->remaining() % 2 != 0) return false;
  out.legacy_version = *version;
  if (body.empty()) return true;  // RFC 5246 7.4.1.2: extensions may be absent altogether
  const auto extensions = body.vector16();
  return extensions && body.empty() && read_extensions(*extensions, out);
}

/// The length of the whole message, header included, or why it cannot be told.
Result<std::size_t, HelloStatus> message_length(Bytes message) {
  ByteReader header(message);
  const auto type = header.u8();
  const auto length = header.u24();
  if (type && *type != kClientHelloMessage) return HelloStatus::malformed;
  if (!length) return HelloStatus::need_more;
  if (*length > kMaxHello) return HelloStatus::too_large;
  return kMessageHeader + *length;
}

struct RecordHeader {
  std::uint16_t version;
  std::uint16_t length;
};

/// Takes a record header, and judges as much of it as is there. A first record that is no handshake is no TLS to us; a
/// later one breaks the message.
Result<RecordHeader, HelloStatus> read_record_header(ByteReader& reader, HelloStatus wrong) {
  const auto type = reader.u8();
  const auto major = reader.u8();
  const auto minor = reader.u8();
  const auto length = reader.u16();
  if ((type && *type != kHandshakeRecord) || (major && *major != kMajorVersion)) return wrong;
  if (!minor || !length) return HelloStatus::need_more;
  // RFC 8446 5.1: "Implementations MUST NOT send zero-length fragments of Handshake types".
  if (*length == 0 || *length > kMaxFragment) return HelloStatus::malformed;
  return RecordHeader{static_cast<std::uint16_t>(*major << 8U | *minor), *length};
}

}  // namespace

std::string_view to_string(HelloStatus status) {
  switch (status) {
    case HelloStatus::done:
      return "done";
    case HelloStatus::need_more:
      return "need_more";
    case HelloStatus::not_tls:
      return "not_tls";
    case HelloStatus::malformed:
      return "malformed";
    case HelloStatus::too_large:
      return "too_large";
  }
  return "malformed";
}

HelloStatus parse_client_hello(Bytes bytes, ClientHello& out) {
  out = {};
  ByteReader reader(bytes);
  Bytes message;                     // so far: a view of the first record, or of `joined`
  std::vector<std::uint8_t> joined;  // only where there is more than one record
  for (std::size_t records = 0; records < kMaxHelloRecords; ++records) {
    const auto header = read_record_header(reader, records == 0 ? HelloStatus::not_tls : HelloStatus::malformed);
    if (!header) return header.error();
    const bool whole = reader.remaining() >= header->length;
    const Bytes fragment = whole ? *reader.bytes(header->length) : reader.rest();
    if (records == 0) {
      out.record_version = header->version;
      message = fragment;
    } else {
      if (joined.empty()) joined.assign(message.begin(), message.end());
      joined.insert(joined.end(), fragment.begin(), fragment.end());
      message = joined;
    }
    const auto length = message_length(message);
    if (!length && length.error() != HelloStatus::need_more) return length.error();
    if (length && message.size() >= *length) {
      const ByteReader body(message.first(*length).subspan(kMessageHeader));
      return read_body(body, out) ? HelloStatus::done : HelloStatus::malformed;
    }
    if (!whole) return HelloStatus::need_more;
  }
  return HelloStatus::too_large;
}

std::array<std::uint8_t, 7> access_denied_alert(std::uint16_t record_version) {
  constexpr std::uint8_t kAlertRecord = 21;
  constexpr std::uint8_t kFatal = 2;
  constexpr std::uint8_t kAccessDenied = 49;
  return {kAlertRecord,
          static_cast<std::uint8_t>(record_version >> 8U),
          static_cast<std::uint8_t>(record_version & 0xffU),
          0,
          2,
          kFatal,
          kAccessDenied};
}

}  // namespace breakwater::tls
