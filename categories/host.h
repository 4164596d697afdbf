#pragma once

#include <cstdint>
#include <string_view>

#include <boost/static_string/static_string.hpp>

#include "categories/ip_address.h"
#include "categories/result.h"

namespace breakwater::categories {

enum class HostKind : std::uint8_t { domain, ipv4, ipv6 };

enum class HostError : std::uint8_t {
  empty,
  too_long,       ///< over 253 bytes in its normal form (RFC 1035 2.3.4)
  bad_label,      ///< empty, or over 63 bytes
  bad_character,  ///< also: %-encoding, raw non-ASCII where A-labels are due
  bad_idn,        ///< fails UTS 46 (non-transitional)
  bad_address,    ///< ends in a number but is no IPv4 address, or a malformed IPv6 literal
};

/// A plain phrase, for answers and diagnostics.
std::string_view to_string(HostError error);

/// Where the bytes come from: on the wire a name must be A-labels already; people also write Unicode.
enum class HostSource : std::uint8_t { wire, person };

/// A host in its one normal form: a domain in lower-case A-labels without the trailing dot, an IPv4 address as dotted
/// quad (from every inet_aton spelling), an IPv6 address by RFC 5952 without brackets. Made by normalise_host() or not
/// at all.
class Host {
 public:
  HostKind kind() const { return kind_; }
  bool is_literal() const { return kind_ != HostKind::domain; }
  std::string_view text() const { return {text_.data(), text_.size()}; }
  /// The address of a literal; meaningless for a domain.
  const IpAddress& address() const { return address_; }
  friend bool operator==(const Host& a, const Host& b) { return a.text() == b.text(); }

 private:
  friend Result<Host, HostError> normalise_host(std::string_view raw, HostSource source);
  HostKind kind_ = HostKind::domain;
  boost::static_strings::static_string<253> text_;
  IpAddress address_;
};

/// `raw` is a host without port; IPv6 in brackets (or bare where `source` is `person`). Allocates only for IDN.
Result<Host, HostError> normalise_host(std::string_view raw, HostSource source);

}  // namespace breakwater::categories
