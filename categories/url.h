#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "categories/host.h"
#include "categories/result.h"

namespace breakwater::categories {

enum class Scheme : std::uint8_t { http, https };

enum class UrlError : std::uint8_t { bad_scheme, userinfo, bad_host, bad_port, bad_character };
std::string_view to_string(UrlError error);

constexpr std::uint16_t default_port(Scheme scheme) {
  return scheme == Scheme::http ? 80 : 443;
}

/// An authority `host[:port]` (RFC 3986 3.2 without userinfo). `port` is 0 where none was written.
struct Authority {
  Host host;
  std::uint16_t port = 0;
};

/// Splits and normalises `host`, `host:port`, `[v6]`, `[v6]:port`. An empty port ("host:") counts as none written.
Result<Authority, UrlError> parse_authority(std::string_view text, HostSource source);

/// An absolute http or https URL. `path` is a view into the text: path and query, at least "" (then the path is "/"),
/// no fragment.
struct Url {
  Scheme scheme = Scheme::http;
  Host host;
  std::uint16_t port = 80;
  std::string_view path;
};

/// Wire text with bytes outside 0x21..0x7e, userinfo, another scheme or port 0 is refused.
Result<Url, UrlError> parse_url(std::string_view text, HostSource source);

/// Appends the text that URL lists and expressions are matched against: `host/path?query`, path lower-cased,
/// percent-escapes of unreserved characters decoded (RFC 3986 6.2.2.2), dot segments removed (5.2.4), runs of slashes
/// joined, fragment dropped.
void append_match_text(std::string& out, const Host& host, std::string_view path);

}  // namespace breakwater::categories
