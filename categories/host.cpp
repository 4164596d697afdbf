// A host on its way to the normal form:
//
//   "[" IPv6 "]"  (bare for people) ───────────────────────────────────► IPv6, or IPv4 where it is mapped
//   UTF-8, people only ── UTS 46 ToASCII ──┐
//   ASCII ─────────────────────────────────┴─► lower case, labels ─► last label a number? ─► IPv4 in any spelling
//                                                               └──► A-labels checked   ───► domain

#include "categories/host.h"

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <string>

#include <idn2.h>

namespace breakwater::categories {
namespace {

constexpr std::size_t kMaxName = 253;  // RFC 1035 2.3.4, less the length byte and the root
constexpr std::size_t kMaxLabel = 63;
constexpr std::size_t kMaxUnicode = 4 * kMaxName;  // each byte of the normal form stands for at most one code point

using Name = boost::static_strings::static_string<kMaxName>;

/// The lower-case form of each byte that a label may hold, 0 for the others. '_' is no host name by RFC 1123, yet in
/// wide use.
consteval std::array<char, 256> make_label_bytes() {
  std::array<char, 256> table{};
  for (char c = 'a'; c <= 'z'; ++c)
    table[static_cast<unsigned char>(c)] = table[static_cast<unsigned char>(c - 'a' + 'A')] = c;
  for (char c = '0'; c <= '9'; ++c)
    table[static_cast<unsigned char>(c)] = c;
  table['-'] = '-';
  table['_'] = '_';
  return table;
}
constexpr auto kLabelBytes = make_label_bytes();

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_hex(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f');
}
bool is_ascii(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
}
bool is_a_label(std::string_view label) {
  return label.starts_with("xn--");
}

struct IdnFree {
  void operator()(std::uint8_t* text) const { idn2_free(text); }
};
struct IdnResult {
  int status;
  std::unique_ptr<std::uint8_t, IdnFree> owner;
  std::string_view text() const { return reinterpret_cast<const char*>(owner.get()); }
};
IdnResult idn_lookup(const std::string& utf8, int flags) {
  std::uint8_t* text = nullptr;
  const int status = idn2_lookup_u8(reinterpret_cast<const std::uint8_t*>(utf8.c_str()), &text, IDN2_NFC_INPUT | flags);
  return {status, std::unique_ptr<std::uint8_t, IdnFree>{text}};
}

/// UTS 46, non-transitional: decodes to characters that are valid and already mapped. libidn2 adds the IDNA 2008
/// repertoire (no emoji, which browsers take and registries of some TLDs sell) unless its own round trip is off.
bool is_valid_a_label(const std::string& label) {
  const auto result = idn_lookup(label, IDN2_NONTRANSITIONAL | IDN2_NO_ALABEL_ROUNDTRIP);
  return result.status == IDN2_OK && result.text() == label;
}

/// The characters that transitional processing maps differently (UTS 46 table 1, "deviation").
bool has_deviation(std::string_view utf8) {
  constexpr std::string_view kDeviations[] = {"\u00df", "\u03c2", "\u200c", "\u200d"};
  return std::any_of(std::begin(kDeviations), std::end(kDeviations),
                     [utf8](std::string_view c) { return utf8.find(c) != std::string_view::npos; });
}

/// UTS 46 ToASCII, non-transitional.
Result<std::string, HostError> to_ascii(const std::string& utf8) {
  auto result = idn_lookup(utf8, IDN2_NONTRANSITIONAL);
  // Without the IDNA 2008 repertoire only in transitional mode, which is the same mapping where nothing deviates.
  if (result.status == IDN2_DISALLOWED && !has_deviation(utf8)) result = idn_lookup(utf8, IDN2_TRANSITIONAL);
  if (result.status == IDN2_OK) return std::string{result.text()};
  if (result.status == IDN2_TOO_BIG_DOMAIN) return HostError::too_long;
  if (result.status == IDN2_TOO_BIG_LABEL) return HostError::bad_label;
  return HostError::bad_idn;
}

/// Lower-cases `raw` into `name` and checks its labels; the last one is left in `last`.
std::optional<HostError> lower_labels(std::string_view raw, Name& name, std::string_view& last) {
  if (raw.ends_with('.')) raw.remove_suffix(1);
  if (raw.empty()) return HostError::empty;
  if (raw.size() > kMaxName) return HostError::too_long;
  name.resize(raw.size());
  std::size_t label = 0;
  bool has_a_label = false;
  for (std::size_t i = 0; i <= raw.size(); ++i) {
    if (i < raw.size() && raw[i] != '.') {
      name[i] = kLabelBytes[static_cast<unsigned char>(raw[i])];
      if (name[i] == 0) return HostError::bad_character;
      continue;
    }
    if (i == label || i - label > kMaxLabel) return HostError::bad_label;
    last = std::string_view{name.data() + label, i - label};
    has_a_label = has_a_label || is_a_label(last);
    if (i < raw.size()) name[i] = '.';
    label = i + 1;
  }
  if (!has_a_label) return std::nullopt;

  // Label by label, since a host in use may join an A-label with one that IDNA refuses ("r3---sn-x").
  for (std::string_view rest{name.data(), name.size()}; !rest.empty();) {
    const auto text = rest.substr(0, rest.find('.'));
    rest.remove_prefix(std::min(rest.size(), text.size() + 1));
    if (is_a_label(text) && !is_valid_a_label(std::string{text})) return HostError::bad_idn;
  }
  return std::nullopt;
}

/// One number of an IPv4 address as inet_aton reads it: 0x hexadecimal ("0x" alone is 0), leading 0 octal, else
/// decimal.
std::optional<std::uint64_t> parse_v4_number(std::string_view text) {
  unsigned base = 10;
  if (text.empty()) return std::nullopt;
  if (text.starts_with("0x")) {
    base = 16;
    text.remove_prefix(2);
  } else if (text.size() > 1 && text.front() == '0') {
    base = 8;
    text.remove_prefix(1);
  }
  std::uint64_t value = 0;
  for (const char c : text) {
    if (!is_hex(c)) return std::nullopt;
    const auto digit = static_cast<unsigned>(is_digit(c) ? c - '0' : c - 'a' + 10);
    if (digit >= base) return std::nullopt;
    value = value * base + digit;
    if (value > 0xffffffff) return std::nullopt;
  }
  return value;
}

/// WHATWG URL 3.5, "ends in a number": such a host is an IPv4 address or nothing.
bool is_number(std::string_view label) {
  if (std::all_of(label.begin(), label.end(), is_digit)) return true;
  return label.starts_with("0x") && std::all_of(label.begin() + 2, label.end(), is_hex);
}

/// Every inet_aton spelling: one to four numbers, of which the last fills all the bytes that are left.
std::optional<IpAddress> parse_v4(std::string_view name) {
  std::uint64_t address = 0;
  for (unsigned left = 4; left > 0; --left) {
    const auto dot = name.find('.');
    const auto number = parse_v4_number(name.substr(0, dot));
    if (!number) return std::nullopt;
    if (dot == std::string_view::npos) {
      if (*number >> (8 * left)) return std::nullopt;
      return IpAddress::from_v4(static_cast<std::uint32_t>(address << (8 * left) | *number));
    }
    if (*number > 0xff) return std::nullopt;
    address = address << 8 | *number;
    name.remove_prefix(dot + 1);
  }
  return std::nullopt;
}

std::optional<IpAddress> parse_v6(std::string_view text) {
  if (text.find(':') == std::string_view::npos) return std::nullopt;
  return IpAddress::parse(text);
}

}  // namespace

std::string_view to_string(HostError error) {
  switch (error) {
    case HostError::empty:
      return "the host is empty";
    case HostError::too_long:
      return "the host is longer than 253 bytes";
    case HostError::bad_label:
      return "the host has a label that is empty or longer than 63 bytes";
    case HostError::bad_character:
      return "the host has a character that does not belong there";
    case HostError::bad_idn:
      return "the host is not a valid internationalised name";
    case HostError::bad_address:
      return "the host is not a valid IP address";
  }
  return "unknown";
}

Result<Host, HostError> normalise_host(std::string_view raw, HostSource source) {
  Host host;
  const auto become_literal = [&host](const IpAddress& address) {
    host.kind_ = address.is_v4() ? HostKind::ipv4 : HostKind::ipv6;
    host.address_ = address;
    const auto text = address.to_string();
    host.text_.assign(text.data(), text.size());
  };

  if (raw.starts_with('[')) {
    const auto address = raw.ends_with(']') ? parse_v6(raw.substr(1, raw.size() - 2)) : std::nullopt;
    if (!address) return HostError::bad_address;
    become_literal(*address);
    return host;
  }
  std::string_view last;
  auto error = lower_labels(raw, host.text_, last);
  if (error && source == HostSource::person) {
    if (const auto address = parse_v6(raw)) {
      become_literal(*address);
      return host;
    }
    if (!is_ascii(raw)) {
      if (raw.size() > kMaxUnicode) return HostError::too_long;
      if (raw.find('\0') != std::string_view::npos) return HostError::bad_character;
      const auto converted = to_ascii(std::string{raw});
      if (!converted) return converted.error();
      error = lower_labels(*converted, host.text_, last);
    }
  }
  if (error) return *error;
  if (is_number(last)) {
    const auto address = parse_v4(host.text());
    if (!address) return HostError::bad_address;
    become_literal(*address);
  }
  return host;
}

}  // namespace breakwater::categories
