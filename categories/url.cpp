#include "categories/url.h"

#include <algorithm>
#include <array>

namespace breakwater::categories {
namespace {

constexpr std::size_t kMaxPortDigits = 5;

char to_lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool starts_with_caseless(std::string_view text, std::string_view lower_prefix) {
  return text.size() >= lower_prefix.size() && std::equal(lower_prefix.begin(), lower_prefix.end(), text.begin(),
                                                          [](char a, char b) { return a == to_lower(b); });
}

/// 0 for an empty port.
Result<std::uint16_t, UrlError> parse_port(std::string_view digits) {
  if (digits.empty()) return std::uint16_t{0};
  if (digits.size() > kMaxPortDigits) return UrlError::bad_port;
  unsigned value = 0;
  for (const char c : digits) {
    if (c < '0' || c > '9') return UrlError::bad_port;
    value = value * 10 + static_cast<unsigned>(c - '0');
  }
  if (value == 0 || value > 0xffff) return UrlError::bad_port;
  return static_cast<std::uint16_t>(value);
}

/// Where "host[:port]" divides: the place of the colon, or the end.
std::size_t find_port(std::string_view text, HostSource source) {
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    return end == std::string_view::npos ? text.size() : end + 1;
  }
  const auto colon = text.find(':');
  const bool bare_v6 = source == HostSource::person && text.find(':', colon + 1) != std::string_view::npos;
  return colon == std::string_view::npos || bare_v6 ? text.size() : colon;
}

constexpr int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// RFC 3986 2.3
bool is_unreserved(char c) {
  return (to_lower(c) >= 'a' && to_lower(c) <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' ||
         c == '~';
}

/// Takes the next byte off `text`, decoded where it is an escape of an unreserved character, in lower case.
char take_unescaped(std::string_view& text) {
  char c = text.front();
  text.remove_prefix(1);
  if (c == '%' && text.size() >= 2) {
    const int high = hex_value(text[0]);
    const int low = hex_value(text[1]);
    const char decoded = static_cast<char>(high * 16 + low);
    if (high >= 0 && low >= 0 && is_unreserved(decoded)) {
      c = decoded;
      text.remove_prefix(2);
    }
  }
  return to_lower(c);
}

/// Drops from `out` the segment that begins at `segment` where it is empty, "." or "..", with ".." its parent too, but
/// nothing before `root`. Returns where the next segment begins.
std::size_t close_segment(std::string& out, std::size_t root, std::size_t segment, std::string_view separator) {
  const auto text = std::string_view{out}.substr(segment);
  if (text == ".." && segment > root) {
    const auto slash = out.rfind('/', segment - 2);
    out.resize(slash + 1);
  } else if (text.empty() || text == "." || text == "..") {
    out.resize(segment);
  } else {
    out.append(separator);
  }
  return out.size();
}

}  // namespace

std::string_view to_string(UrlError error) {
  switch (error) {
    case UrlError::bad_scheme:
      return "not an http or https URL";
    case UrlError::userinfo:
      return "a user name in the URL";
    case UrlError::bad_host:
      return "the host is malformed";
    case UrlError::bad_port:
      return "the port is not a number from 1 to 65535";
    case UrlError::bad_character:
      return "the URL has a character that does not belong there";
  }
  return "unknown";
}

Result<Authority, UrlError> parse_authority(std::string_view text, HostSource source) {
  if (text.find('@') != std::string_view::npos) return UrlError::userinfo;
  const auto end = find_port(text, source);
  const auto host = normalise_host(text.substr(0, end), source);
  if (!host) return UrlError::bad_host;
  const auto rest = text.substr(end);
  if (rest.empty()) return Authority{*host, 0};
  if (rest.front() != ':') return UrlError::bad_host;
  const auto port = parse_port(rest.substr(1));
  if (!port) return port.error();
  return Authority{*host, *port};
}

Result<Url, UrlError> parse_url(std::string_view text, HostSource source) {
  Url url;
  std::string_view rest;
  if (starts_with_caseless(text, "http://")) {
    rest = text.substr(7);
  } else if (starts_with_caseless(text, "https://")) {
    url.scheme = Scheme::https;
    rest = text.substr(8);
  } else {
    return UrlError::bad_scheme;
  }
  const auto authority_end = std::min(rest.find_first_of("/?#"), rest.size());
  const auto authority = parse_authority(rest.substr(0, authority_end), source);
  if (!authority) return authority.error();
  url.host = authority->host;
  url.port = authority->port ? authority->port : default_port(url.scheme);

  rest.remove_prefix(authority_end);
  const auto allowed = [source](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte > 0x20 && byte < 0x7f) || (byte >= 0x80 && source == HostSource::person);
  };
  if (!std::all_of(rest.begin(), rest.end(), allowed)) return UrlError::bad_character;
  url.path = rest.substr(0, rest.find('#'));
  return url;
}

void append_match_text(std::string& out, const Host& host, std::string_view path) {
  path = path.substr(0, path.find('#'));
  out.reserve(out.size() + host.text().size() + 1 + path.size());
  out.append(host.text());
  out.push_back('/');
  const auto root = out.size();
  auto segment = root;
  while (!path.empty() && path.front() != '?') {
    const bool slash = path.front() == '/';
    const char c = take_unescaped(path);
    if (slash) {
      segment = close_segment(out, root, segment, "/");
    } else {
      out.push_back(c);
    }
  }
  close_segment(out, root, segment, "");
  while (!path.empty())
    out.push_back(take_unescaped(path));
}

}  // namespace breakwater::categories
