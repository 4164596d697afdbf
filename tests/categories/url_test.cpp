#include "categories/url.h"

#include <string>

#include <gtest/gtest.h>

#include "tests/categories/public_data.h"

namespace breakwater::categories {
namespace {

using namespace std::string_view_literals;
using enum HostSource;

TEST(Authority, SplitsHostAndPort) {
  const struct {
    std::string_view text, host;
    std::uint16_t port;
    HostSource source = wire;
  } cases[] = {
      {"Example.com", "example.com", 0},
      {"example.com:8080", "example.com", 8080},
      {"example.com:", "example.com", 0},
      {"example.com:00080", "example.com", 80},
      {"example.com:65535", "example.com", 65535},
      {"0x7f.1:1", "127.0.0.1", 1},
      {"[::1]", "::1", 0},
      {"[::1]:443", "::1", 443},
      {"[::ffff:1.2.3.4]:", "1.2.3.4", 0},
      {"2001:db8::1", "2001:db8::1", 0, person},
      {"bücher.example:81", "xn--bcher-kva.example", 81, person},
  };
  for (const auto& c : cases) {
    const auto authority = parse_authority(c.text, c.source);
    ASSERT_TRUE(authority) << c.text;
    EXPECT_EQ(authority->host.text(), c.host);
    EXPECT_EQ(authority->port, c.port) << c.text;
  }
}

TEST(Authority, RefusesWithTheExactError) {
  using enum UrlError;
  const struct {
    std::string_view text;
    UrlError error;
  } cases[] = {
      {"", bad_host},
      {":80", bad_host},
      {"a@b", userinfo},
      {"@", userinfo},
      {"a:0", bad_port},
      {"a:65536", bad_port},
      {"a:000080", bad_port},
      {"a:+80", bad_port},
      {"a:8x", bad_port},
      {"a:80:80", bad_port},
      {"a: 80", bad_port},
      {"a :80", bad_host},
      {"[::1]x", bad_host},
      {"[::1]80", bad_host},
      {"[::1", bad_host},
      {"[::1]:x", bad_port},
      {"::1", bad_host},
      {"a%2eb:80", bad_host},
      {"b\u00fccher", bad_host},
      {"a/b", bad_host},
      {"a:99999999999999999999", bad_port},
  };
  for (const auto& c : cases) {
    const auto authority = parse_authority(c.text, wire);
    ASSERT_FALSE(authority) << c.text;
    EXPECT_EQ(authority.error(), c.error) << c.text << ": " << to_string(authority.error());
  }
}

TEST(Url, Splits) {
  const struct {
    std::string_view text;
    Scheme scheme;
    std::string_view host;
    std::uint16_t port;
    std::string_view path;
    HostSource source = wire;
  } cases[] = {
      {"http://example.com", Scheme::http, "example.com", 80, ""},
      {"HTTP://EXAMPLE.com:80/A?b", Scheme::http, "example.com", 80, "/A?b"},
      {"https://example.com:/", Scheme::https, "example.com", 443, "/"},
      {"https://example.com?q=/x", Scheme::https, "example.com", 443, "?q=/x"},
      {"http://example.com#f", Scheme::http, "example.com", 80, ""},
      {"http://example.com/a#f?g", Scheme::http, "example.com", 80, "/a"},
      {"http://[::1]:8080/a@b:c", Scheme::http, "::1", 8080, "/a@b:c"},
      {"http://example.com/{|}\"<>^`\\", Scheme::http, "example.com", 80, "/{|}\"<>^`\\"},
      {"http://bücher.example/ü", Scheme::http, "xn--bcher-kva.example", 80, "/ü", person},
  };
  for (const auto& c : cases) {
    const auto url = parse_url(c.text, c.source);
    ASSERT_TRUE(url) << c.text;
    EXPECT_EQ(url->scheme, c.scheme);
    EXPECT_EQ(url->host.text(), c.host);
    EXPECT_EQ(url->port, c.port) << c.text;
    EXPECT_EQ(url->path, c.path);
  }
}

TEST(Url, RefusesWithTheExactError) {
  using enum UrlError;
  const struct {
    std::string_view text;
    UrlError error;
    HostSource source = wire;
  } cases[] = {
      {"", bad_scheme},
      {"example.com", bad_scheme},
      {"ftp://example.com/", bad_scheme},
      {"http:/example.com", bad_scheme},
      {"http:\\\\example.com", bad_scheme},
      {" http://example.com", bad_scheme},
      {"http://", bad_host},
      {"http:///path", bad_host},
      {"http://user@example.com/", userinfo},
      {"http://good.example\\@evil.example/", userinfo},
      {"http://good.example\\.evil.example/", bad_host},
      {"http://ex%61mple.com/", bad_host},
      {"http://b\u00fccher.example/", bad_host},
      {"http://example.com:0/", bad_port},
      {"http://example.com:x/", bad_port},
      {"http://example.com/a b", bad_character},
      {"http://example.com/a b", bad_character, person},
      {"http://example.com/\u00fc", bad_character},
      {"http://example.com/\x7f", bad_character},
      {"http://example.com/\0"sv, bad_character, person},
      {"http://example.com/#\n", bad_character, person},
  };
  for (const auto& c : cases) {
    const auto url = parse_url(c.text, c.source);
    ASSERT_FALSE(url) << c.text;
    EXPECT_EQ(url.error(), c.error) << c.text << ": " << to_string(url.error());
  }
}

TEST(Url, MatchText) {
  const auto host = normalise_host("Example.com", wire);
  const struct {
    std::string_view path, text;
  } cases[] = {
      {"", "example.com/"},
      {"/", "example.com/"},
      {"?Q=A/../B", "example.com/?q=a/../b"},
      {"/A/B?C#D", "example.com/a/b?c"},
      {"/#a", "example.com/"},
      {"/a/./b/../c", "example.com/a/c"},
      {"/a/b/..", "example.com/a/"},
      {"/a/b/.", "example.com/a/b/"},
      {"/../../a", "example.com/a"},
      {"/..", "example.com/"},
      {"/...", "example.com/..."},
      {"/a/..b/.c/d..", "example.com/a/..b/.c/d.."},
      {"//a///b//", "example.com/a/b/"},
      {"/a/b/../../../c", "example.com/c"},
      {"/%41%7e%2D%5F%2e", "example.com/a~-_."},
      {"/a/%2E%2e/b", "example.com/b"},
      {"/a%2Fb%3Fc%23", "example.com/a%2fb%3fc%23"},
      {"/%2541", "example.com/%2541"},  // one level
      {"/%zz%4", "example.com/%zz%4"},
      {"/?%41%26=%7", "example.com/?a%26=%7"},
      {"a", "example.com/a"},
  };
  for (const auto& c : cases) {
    std::string text = "before ";
    append_match_text(text, *host, c.path);
    EXPECT_EQ(text, "before " + std::string{c.text}) << c.path;
  }
}

/// The work is bounded by the length, however the segments nest.
TEST(Url, MatchTextOfDeepPaths) {
  const auto host = normalise_host("h", wire);
  std::string path;
  for (int i = 0; i < 100'000; ++i)
    path += "/a";
  for (int i = 0; i < 100'000; ++i)
    path += "/..";
  std::string text;
  append_match_text(text, *host, path);
  EXPECT_EQ(text, "h/");
}

/// Where the URL Standard repairs, we refuse: user names, back slashes, tabs and controls, missing slashes, escapes in
/// hosts, bytes other than letters, digits, "-" and "_", A-labels that do not decode, empty labels.
bool is_refused_by_design(const std::string& input) {
  const bool repaired = std::any_of(input.begin(), input.end(), [](char c) {
    return static_cast<unsigned char>(c) <= 0x20 || c == 0x7f || c == '@' || c == '\\';
  });
  const bool slashes = input.starts_with("http://") || input.starts_with("https://");
  const auto authority = input.substr(0, input.find('/', std::min(input.size(), std::size_t{8})));
  return repaired || !slashes || authority.find_first_of("%!") != std::string::npos ||
         input.find("..") != std::string::npos || authority == "http://." ||
         authority.find("n--") != std::string::npos || authority.find("N--") != std::string::npos;
}

TEST(Url, AgreesWithTheUrlStandard) {
  const auto vectors = test::read_public_vectors("urltestdata.json");
  if (vectors.is_null()) GTEST_SKIP() << "the shared data is absent";
  int agreed = 0;
  for (const auto& vector : vectors) {
    if (!vector.is_object() || !vector["base"].is_null()) continue;
    const auto input = vector["input"].get<std::string>();
    const auto url = parse_url(input, person);
    if (vector.contains("failure")) {
      EXPECT_FALSE(url) << input;
      continue;
    }
    if (!url) {
      const bool ours = vector["protocol"] == "http:" || vector["protocol"] == "https:";
      EXPECT_TRUE(!ours || is_refused_by_design(input)) << input;
      continue;
    }
    auto hostname = vector["hostname"].get<std::string>();
    if (hostname.starts_with('[')) hostname = hostname.substr(1, hostname.size() - 2);
    EXPECT_EQ(url->host.text(), hostname) << input;
    const auto port = vector["port"].get<std::string>();
    EXPECT_EQ(url->port, port.empty() ? default_port(url->scheme) : std::stoi(port)) << input;
    ++agreed;
  }
  EXPECT_GE(agreed, 70);
}

}  // namespace
}  // namespace breakwater::categories
