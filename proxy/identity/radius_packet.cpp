// RFC 2866 3:
//
//   Code(1) Identifier(1) Length(2) Authenticator(16) Attribute...        Length counts all of it
//   Attribute: Type(1) Length(1) Value(Length - 2)                        RFC 2865 5
//
//   Request Authenticator  = MD5(Code + Identifier + Length + 16 zero octets + Attributes + secret)
//   Response Authenticator = MD5(Code + Identifier + Length + Request Authenticator + Attributes + secret)

#include "proxy/identity/radius_packet.h"

#include <algorithm>
#include <cstring>
#include <memory>
#include <new>

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include "proxy/wire/byte_reader.h"
#include "proxy/wire/utf8.h"
#include "rules/group_members.h"
#include "rules/network_index.h"

namespace breakwater::identity {
namespace {

using Bytes = std::span<const std::uint8_t>;
using categories::IpAddress;

constexpr std::uint8_t kAccountingRequest = 4;
constexpr std::uint8_t kAccountingResponse = 5;
constexpr std::size_t kHeadBytes = 20;
constexpr std::array<std::uint8_t, 16> kZero{};
constexpr std::size_t kMaxTextBytes = 253;  ///< an attribute's value holds no more

/// RFC 2865 5, RFC 2866 5, RFC 3162 2, RFC 6911 3
enum Attribute : std::uint8_t {
  kUserName = 1,
  kNasIpAddress = 4,
  kFramedIpAddress = 8,
  kCallingStationId = 31,
  kNasIdentifier = 32,
  kProxyState = 33,
  kAcctStatusType = 40,
  kAcctDelayTime = 41,
  kAcctSessionId = 44,
  kAcctSessionTime = 46,
  kNasIpv6Address = 95,
  kFramedInterfaceId = 96,
  kFramedIpv6Prefix = 97,
  kFramedIpv6Address = 168,
};

Bytes bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

std::string text_of(Bytes value) {
  return wire::clean_text({reinterpret_cast<const char*>(value.data()), value.size()}, kMaxTextBytes);
}

std::optional<std::uint32_t> u32(Bytes value) {
  if (value.size() != 4) return std::nullopt;
  std::uint32_t number = 0;
  for (const auto byte : value)
    number = number << 8 | byte;
  return number;
}

std::optional<IpAddress> v6(Bytes value) {
  IpAddress::Bytes bytes{};
  if (value.size() != bytes.size()) return std::nullopt;
  std::ranges::copy(value, bytes.begin());
  return IpAddress(bytes);
}

Accounting status_of(std::uint32_t value) {
  switch (value) {
    case 1:
      return Accounting::start;
    case 2:
      return Accounting::stop;
    case 3:
      return Accounting::interim;
    case 7:
      return Accounting::on;
    case 8:
      return Accounting::off;
    default:
      return Accounting::other;
  }
}

/// Gathers the attributes of one packet.
class AttributeReader {
 public:
  explicit AttributeReader(AccountingRequest& request) : request_(request) {}

  RadiusStatus read(Bytes bytes) {
    wire::ByteReader reader(bytes);
    while (!reader.empty()) {
      const auto whole = reader.rest();
      const auto type = reader.u8();
      const auto length = reader.u8();
      if (!type || !length || *length < 2) return RadiusStatus::bad_attribute;
      const auto value = reader.bytes(*length - std::size_t{2});
      if (!value || !take(*type, *value, whole.first(*length))) return RadiusStatus::bad_attribute;
    }
    finish();
    if (!status_) return RadiusStatus::no_status;
    const auto status = request_.status;
    const bool of_session = status == Accounting::start || status == Accounting::stop || status == Accounting::interim;
    return of_session && request_.session.empty() ? RadiusStatus::no_status : RadiusStatus::ok;
  }

 private:
  bool take(std::uint8_t type, Bytes value, Bytes whole) {
    switch (type) {
      case kUserName:
        request_.user = rules::lower_account(text_of(value));
        return !value.empty();
      case kCallingStationId:
        request_.mac = MacAddress::parse(text_of(value));
        if (request_.mac && !request_.mac->is_device()) request_.mac.reset();
        return true;
      case kAcctSessionId:
        request_.session = text_of(value);
        return !value.empty();
      case kNasIdentifier:
        nas(text_of(value));
        return true;
      case kProxyState:
        request_.proxy_states.insert(request_.proxy_states.end(), whole.begin(), whole.end());
        return true;
      case kFramedIpv6Prefix:
        return prefix(value);
      case kFramedInterfaceId:
        interface_ = value;
        return value.size() == 8;
      case kNasIpv6Address:
      case kFramedIpv6Address:
        return address(type, v6(value));
      case kNasIpAddress:
      case kFramedIpAddress:
      case kAcctStatusType:
      case kAcctDelayTime:
      case kAcctSessionTime:
        return number(type, u32(value));
      default:
        return true;
    }
  }

  bool number(std::uint8_t type, std::optional<std::uint32_t> value) {
    if (!value) return false;
    if (type == kAcctStatusType) {
      request_.status = status_of(*value);
      status_ = true;
    } else if (type == kAcctDelayTime) {
      request_.delay = std::chrono::seconds(*value);
    } else if (type == kAcctSessionTime) {
      request_.lasted = std::chrono::seconds(*value);
    } else if (type == kNasIpAddress || *value < 0xfffffffe) {
      // RFC 2865 5.8: 0xffffffff and 0xfffffffe are no addresses, they say who chooses one.
      return address(type, IpAddress::from_v4(*value));
    }
    return true;
  }

  bool address(std::uint8_t type, const std::optional<IpAddress>& value) {
    if (!value) return false;
    if (type == kNasIpAddress || type == kNasIpv6Address)
      nas(value->to_string());
    else if (*value != IpAddress() && *value != IpAddress::from_v4(0))
      add({*value, 128});
    return true;
  }

  /// RFC 3162 2.3: Reserved(1) Prefix-Length(1) Prefix(0 to 16)
  bool prefix(Bytes value) {
    wire::ByteReader reader(value);
    reader.u8();
    const auto length = reader.u8();
    IpAddress::Bytes bytes{};
    if (!length || *length > 128 || reader.remaining() > bytes.size()) return false;
    if (reader.remaining() * 8 < *length) return false;
    std::ranges::copy(reader.rest(), bytes.begin());
    prefixes_.push_back(rules::network_of(IpAddress(bytes), *length));
    return true;
  }

  void nas(std::string_view name) {
    if (!request_.nas.empty()) request_.nas += ' ';
    request_.nas += name;
  }

  void add(const categories::Network& network) {
    auto& all = request_.addresses;
    if (all.size() < kMaxSessionAddresses && std::ranges::find(all, network) == all.end()) all.push_back(network);
  }

  void finish() {
    // RFC 3162 2.2: prefix and interface identifier together are an address. A prefix wider than /64 is no session's
    // own.
    constexpr std::uint8_t kWidest = 64;
    for (const auto& network : prefixes_) {
      if (network.prefix == kWidest && !interface_.empty()) {
        auto bytes = network.address.bytes();
        std::ranges::copy(interface_, bytes.begin() + 8);
        add({IpAddress(bytes), 128});
      } else if (network.prefix >= kWidest) {
        add(network);
      }
    }
    // MAC authentication: nobody has signed in.
    if (MacAddress::parse(request_.user)) request_.user.clear();
  }

  AccountingRequest& request_;
  std::vector<categories::Network> prefixes_;
  Bytes interface_;
  bool status_ = false;
};

}  // namespace

std::string_view to_string(RadiusStatus status) {
  switch (status) {
    case RadiusStatus::ok:
      return "ok";
    case RadiusStatus::truncated:
      return "a packet that is cut short";
    case RadiusStatus::too_large:
      return "a packet of more than 4096 bytes";
    case RadiusStatus::not_accounting:
      return "no Accounting-Request";
    case RadiusStatus::bad_authenticator:
      return "not made with the secret of this client";
    case RadiusStatus::bad_attribute:
      return "a malformed attribute";
    case RadiusStatus::no_status:
      return "no Acct-Status-Type or Acct-Session-Id";
  }
  return "";
}

std::array<std::uint8_t, 16> radius_md5(std::initializer_list<std::span<const std::uint8_t>> pieces) {
  const std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  std::array<std::uint8_t, 16> digest{};
  bool good = context && EVP_DigestInit_ex(context.get(), EVP_md5(), nullptr) == 1;
  for (const auto piece : pieces)
    good = good && EVP_DigestUpdate(context.get(), piece.data(), piece.size()) == 1;
  if (!good || EVP_DigestFinal_ex(context.get(), digest.data(), nullptr) != 1) throw std::bad_alloc();
  return digest;
}

RadiusStatus parse_accounting_request(std::span<const std::uint8_t> datagram, std::string_view secret,
                                      AccountingRequest& request) {
  request = {};
  wire::ByteReader reader(datagram);
  const auto code = reader.u8();
  const auto identifier = reader.u8();
  const auto length = reader.u16();
  const auto authenticator = reader.bytes(request.authenticator.size());
  if (!code || !identifier || !length || !authenticator) return RadiusStatus::truncated;
  if (*length > kMaxRadiusBytes) return RadiusStatus::too_large;
  if (*length < kHeadBytes || *length > datagram.size()) return RadiusStatus::truncated;
  if (*code != kAccountingRequest) return RadiusStatus::not_accounting;
  const auto attributes = reader.rest().first(*length - kHeadBytes);
  const auto expected = radius_md5({datagram.first(4), kZero, attributes, bytes_of(secret)});
  if (CRYPTO_memcmp(expected.data(), authenticator->data(), expected.size()) != 0)
    return RadiusStatus::bad_authenticator;
  request.identifier = *identifier;
  std::ranges::copy(*authenticator, request.authenticator.begin());
  return AttributeReader(request).read(attributes);
}

std::vector<std::uint8_t> accounting_response(const AccountingRequest& request, std::string_view secret) {
  const auto length = kHeadBytes + request.proxy_states.size();
  const std::array<std::uint8_t, 4> head{kAccountingResponse, request.identifier,
                                         static_cast<std::uint8_t>(length >> 8), static_cast<std::uint8_t>(length)};
  const auto authenticator = radius_md5({head, request.authenticator, request.proxy_states, bytes_of(secret)});
  std::vector<std::uint8_t> response(length);
  auto out = std::ranges::copy(head, response.begin()).out;
  out = std::ranges::copy(authenticator, out).out;
  std::ranges::copy(request.proxy_states, out);
  return response;
}

}  // namespace breakwater::identity
