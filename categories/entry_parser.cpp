#include "categories/entry_parser.h"

#include <algorithm>
#include <array>

#include "categories/keyword.h"
#include "categories/public_suffix.h"
#include "categories/url.h"

namespace breakwater::categories {
namespace {

constexpr std::size_t kMaxWildcard = 253;
constexpr std::size_t kMaxUrl = 8192;  // escaped; Hyperscan takes 16,000 bytes

// Nobody is given more than these by a registry: IPv4 /8 (RFC 7020), IPv6 /19.
constexpr std::uint8_t kMinPrefixV4 = 96 + 8;
constexpr std::uint8_t kMinPrefixV6 = 19;
constexpr std::uint8_t kWholePrefix = 128;

constexpr std::string_view kTopLevel = "would cover a whole top-level domain";

constexpr std::uint8_t kSlash = 1;
constexpr std::uint8_t kDash = 2;
constexpr std::uint8_t kStar = 4;
constexpr auto kSigns = [] {
  std::array<std::uint8_t, 256> signs{};
  signs['/'] = kSlash;
  signs['-'] = kDash;
  signs['*'] = kStar;
  return signs;
}();

bool is_alphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || is_digit(c);
}

/// Names that hosts files give to the machine itself.
bool is_own_name(std::string_view name) {
  constexpr auto kOwn = std::to_array<std::string_view>(
      {"localhost", "localhost.localdomain", "local", "broadcasthost", "ip6-localhost", "ip6-loopback", "ip6-localnet",
       "ip6-mcastprefix", "ip6-allnodes", "ip6-allrouters", "ip6-allhosts", "0.0.0.0"});
  return std::ranges::find(kOwn, name) != kOwn.end();
}

/// "192.0.2.0/24" and all that is meant to be one.
bool is_like_network(std::string_view text) {
  const auto end = text.find_first_of("/-");
  if (end == std::string_view::npos) return false;
  const auto rest = text.substr(end + 1);
  return IpAddress::parse(text.substr(0, end)) &&
         (text[end] == '-' || (rest.size() <= 3 && std::ranges::all_of(rest, is_digit)));
}

/// The network that holds the address: its bits after the prefix are cleared.
Network network_around(const IpAddress& address, unsigned prefix) {
  auto bytes = address.bytes();
  for (std::size_t bit = prefix; bit < kWholePrefix; ++bit)
    bytes[bit / 8] = static_cast<std::uint8_t>(bytes[bit / 8] & ~(0x80U >> (bit % 8)));
  return {IpAddress{bytes}, static_cast<std::uint8_t>(prefix)};
}

/// Browsers send UTF-8 as escapes (RFC 3986 2.5).
std::string escape_non_ascii(std::string_view path) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string escaped;
  for (const char c : path) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) {
      escaped += c;
    } else {
      escaped += {'%', kHex[byte >> 4], kHex[byte & 15]};
    }
  }
  return escaped;
}

}  // namespace

void EntryParser::domain(Word word) {
  // Nearly every word is a plain host, so that one pass tells what else it may be.
  std::uint8_t signs = 0;
  for (const char c : word.text)
    signs |= kSigns[static_cast<unsigned char>(c)];
  if ((signs & (kSlash | kDash)) && is_like_network(word.text)) return network(word);
  if (signs & kSlash) return url(word);
  word.text = without_subdomain_sign(word.text);
  if ((signs & kStar) && word.text.find('*') != std::string_view::npos) return wildcard(word);
  host(word);
}

void EntryParser::named_host(const Word& word, Take take) {
  const auto host = normalise_host(word.text, HostSource::person);
  if (!host) return reject(word, "is not taken: " + std::string{to_string(host.error())});
  listed_host(word, *host, take);
}

void EntryParser::network(const Word& word) {
  if (word.text.find('-') != std::string_view::npos && is_like_network(word.text))
    return reject(word, "is a range: write it as networks, such as 192.0.2.0/24");
  const auto slash = word.text.find('/');
  const auto address = IpAddress::parse(word.text.substr(0, slash));
  if (!address) return reject(word, "is neither an address nor a network");
  if (slash == std::string_view::npos) return host(word);

  const auto digits = word.text.substr(slash + 1);
  const bool v4 = word.text.find(':') == std::string_view::npos;
  const unsigned bits = v4 ? 32 : 128;
  unsigned length = 0;
  for (const char c : digits.substr(0, 4))
    length = is_digit(c) ? length * 10 + static_cast<unsigned>(c - '0') : bits + 1;
  const bool padded = digits.size() > 1 && digits.front() == '0';
  if (digits.empty() || digits.size() > 3 || padded || length > bits)
    return reject(word, "has a prefix that is no number of bits");
  const auto network = network_around(*address, kWholePrefix - bits + length);
  if (network.address != *address)
    return reject(word, "has bits set after its prefix: the network is " + network.to_string());
  // An IPv6 network may hold all of IPv4, which is mapped into ::ffff:0:0/96.
  const bool holds_v4 = network.address.is_v4() || network.contains(IpAddress::from_v4(0));
  if (network.prefix < (holds_v4 ? kMinPrefixV4 : kMinPrefixV6))
    return reject(word, "would cover too much: at least /8 is taken, or /19 of IPv6");
  if (network.prefix == kWholePrefix) return host({word.text.substr(0, slash), word.column});
  taken_ = true;
  sink_.network(network, line_);
}

void EntryParser::url(const Word& word) {
  auto text = word.text;
  if (const auto scheme = text.find("://"); scheme < text.find_first_of("/?#")) {
    const auto name = to_lower(text.substr(0, scheme));
    if (name != "http" && name != "https" && name != "*") return reject(word, "is not an http or https URL");
    text.remove_prefix(scheme + 3);
    // The match patterns of browsers end in a '*', which goes without saying here.
    if (name == "*" && text.ends_with("/*")) text.remove_suffix(1);
  }
  text = without_subdomain_sign(text);
  const auto path_begin = std::min(text.find_first_of("/?#"), text.size());
  const auto authority = parse_authority(text.substr(0, path_begin), HostSource::person);
  if (!authority) return reject(word, "is not taken: " + std::string{to_string(authority.error())});
  const auto path = escape_non_ascii(text.substr(path_begin));
  if (!std::ranges::all_of(path, [](char c) { return c > 0x20 && c < 0x7f; }))
    return reject(word, "has a character that no URL has");

  std::string match_text;
  append_match_text(match_text, authority->host, path);
  if (match_text.size() == authority->host.text().size() + 1) return listed_host(word, authority->host);
  if (reject_suffix(word, authority->host)) return;
  if (match_text.size() > kMaxUrl) return reject(word, "is too long for a URL");
  pattern(EntryKind::url, match_text);
}

void EntryParser::wildcard(const Word& word) {
  auto name = to_lower(word.text);
  const auto allowed = [](char c) { return is_alphanumeric(c) || c == '-' || c == '_' || c == '.' || c == '*'; };
  if (name.size() > kMaxWildcard || !std::ranges::all_of(name, allowed) || name.find("..") != std::string::npos)
    return reject(word, "is not a wildcard for hosts");
  // "*.*.x" says no more than "*.x".
  while (name.starts_with('*') && name.find_first_not_of('*') == name.find('.') && name.find('.') != std::string::npos)
    name.erase(0, name.find('.') + 1);
  if (name.find('.') == std::string::npos) return reject(word, kTopLevel);
  if (name.find('*') == std::string::npos) return host({name, word.column});
  std::string expression = "^([^/]*\\.)?";
  char previous = 0;
  for (const char c : name) {
    if (c == '.') expression += "\\.";
    if (c == '*' && previous != '*') expression += "[^/]*";
    if (c != '.' && c != '*') expression += c;
    previous = c;
  }
  pattern(EntryKind::expression, expression += '/');
}

void EntryParser::expression(const Word& word) {
  if (std::ranges::any_of(word.text, [](char c) { return c >= 0 && c < 0x20; }))
    return reject(word, "has a control character");
  pattern(EntryKind::expression, word.text);
}

void EntryParser::made_expression(std::string_view expression) {
  pattern(EntryKind::expression, expression);
}

void EntryParser::keyword(const Word& phrase, std::string_view language) {
  const auto keyword = normalise_keyword(phrase.text, language);
  if (!keyword) return reject(phrase, to_string(keyword.error()));
  pattern(EntryKind::keyword, *keyword);
}

void EntryParser::hosts_line(const Word& address, Words& words) {
  if (!parse_address(address.text)) return reject(address, "is not an address");
  std::size_t names = 0;
  for (auto word = words.next_before_comment(); word; word = words.next_before_comment(), ++names)
    if (!is_own_name(word->text)) domain(*word);
  if (names == 0 && !is_own_address(address.text)) reject(address, "has no name after it");
}

void EntryParser::reject(const Word& word, std::string_view why) {
  sink_.reject(line_, word.column, quote(word.text).append(" ").append(why));
}

bool EntryParser::is_own_address(std::string_view text) {
  return text == "0.0.0.0" || text == "127.0.0.1" || text == "::" || text == "::1";
}

std::string_view EntryParser::without_subdomain_sign(std::string_view text) {
  if (text.starts_with("*.")) text.remove_prefix(1);
  if (text.starts_with('.')) text.remove_prefix(1);
  return text;
}

void EntryParser::listed_host(const Word& word, const Host& host, Take take) {
  if (reject_suffix(word, host)) return;
  taken_ = true;
  (sink_.*take)(host, line_);
}

bool EntryParser::reject_suffix(const Word& word, const Host& host) {
  if (host.is_literal() || PublicSuffixes::system().kind(host.text()) != SuffixKind::icann) return false;
  const bool top_level = host.text().find('.') == std::string_view::npos;
  reject(word, top_level ? kTopLevel : "would cover a whole public suffix");
  return true;
}

void EntryParser::pattern(EntryKind kind, std::string_view text) {
  taken_ = true;
  sink_.pattern(kind, text, line_);
}

void append_literal(std::string& expression, std::string_view text) {
  constexpr std::string_view kSpecial = "\\^$.|?*+()[]{}";
  for (const char c : text) {
    if (kSpecial.find(c) != std::string_view::npos) expression += '\\';
    expression += c;
  }
}

}  // namespace breakwater::categories
