#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <span>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "proxy/http/chunked.h"
#include "proxy/http/field.h"
#include "proxy/http/head.h"

/// The request corpora of two other parsers. Both are of servers, which take origin-form and no Host; the requests are
/// made into such as a proxy gets, and nothing else of them is touched.
namespace breakwater::http {
namespace {

std::string decode_base64(std::string_view text) {
  constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string bytes;
  unsigned value = 0;
  int bits = 0;
  for (const char c : text) {
    const auto digit = kAlphabet.find(c);
    if (digit == std::string_view::npos) break;
    value = (value << 6 | static_cast<unsigned>(digit)) & 0xffff;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes.push_back(static_cast<char>(value >> bits & 0xff));
  }
  return bytes;
}

/// A head without an end gets one, for many stop short of it. "GET /x" becomes "GET http://HOST/x", HOST that of the
/// request; where it has none, one is added.
std::string as_proxy_request(std::string request) {
  if (request.find("\r\n\r\n") == std::string::npos) request += request.ends_with("\r\n") ? "\r\n" : "\r\n\r\n";
  const auto target = request.find(" /");
  const auto line = request.find("\r\n", request.find_first_not_of("\r\n"));
  if (line == std::string::npos || target > line) return request;
  std::string host = "a.test";
  bool found = false;
  for (auto at = line; at != std::string::npos && !found; at = request.find("\r\n", at + 2)) {
    found = starts_with_caseless(std::string_view{request}.substr(at + 2), "host:");
    if (found)
      host = trim_blanks(std::string_view{request}.substr(at + 7, request.find_first_of("\r\n", at + 2) - at - 7));
  }
  if (!found) request.insert(line + 2, "Host: " + host + "\r\n");
  return request.insert(target + 1, "http://" + host);
}

enum class Outcome { refused, unfinished, finished };

/// Reads one request with its body.
Outcome read(std::string request) {
  RequestHead head;
  HeadError error{};
  const auto status = parse_request_head(request, {}, head, error);
  if (status == HeadStatus::error) return Outcome::refused;
  if (status == HeadStatus::need_more) return Outcome::unfinished;
  const auto body = std::span{request}.subspan(head.size);
  if (head.body.kind == BodyKind::length)
    return body.size() < head.body.length ? Outcome::unfinished : Outcome::finished;
  if (head.body.kind != BodyKind::chunked) return Outcome::finished;
  switch (ChunkedDecoder{}.decode(body).status) {
    case ChunkStatus::done:
      return Outcome::finished;
    case ChunkStatus::need_more:
      return Outcome::unfinished;
    default:
      return Outcome::refused;
  }
}

struct Difference {
  std::string_view reason;
  std::vector<std::string_view> names;
};

/// Good there, refused here.
const Difference kStricter[] = {
    {"\"0.0.0.0=5000\" is no host",
     {"valid/002.http", "valid/003.http", "sample.md#curl GET", "sample.md#Firefox GET"}},
    {"HTTP/1.1 without Host",
     {"uri.md#Host terminated by a query string", "uri.md#`host:port` terminated by a query string",
      "uri.md#`host:port` terminated by a space", "method.md#PRI request HTTP2"}},
    {"a fragment or raw UTF-8 in the target", {"valid/005.http", "uri.md#Fragment in URI", "valid/027.http"}},
    {"a user name in the target",
     {"valid/rfc9112_target_absolute_userinfo_01.http", "uri.md#`host:port` and basic auth"}},
    {"https, or \"*\", which asks the proxy itself",
     {"valid/rfc9112_target_absolute_https_01.http", "valid/rfc9112_target_asterisk_options_01.http",
      "method.md#M-SEARCH request"}},
    {"a transfer coding other than chunked alone",
     {"valid/009.http", "valid/025.http", "valid/025_line.http", "valid/029.http", "valid/030.http",
      "valid/rfc9112_smuggle_gzip_chunked_01.http", "valid/rfc9112_smuggle_te_identity_chunked_01.http",
      "transfer-encoding.md#POST with `chunked` as last transfer-encoding",
      "transfer-encoding.md#POST with `chunked` as last transfer-encoding (multiple headers)"}},
    {"what those parsers take only when told to: space before the colon, folding, PROXY lines",
     {"valid/028.http", "valid/compat_obs_fold.http", "valid/compat_obs_fold_huge.http", "valid/pp_01.http",
      "valid/pp_02.http", "valid/pp_04.http", "valid/pp_05.http"}},
    {"a field name cut short", {"finish.md#It should be unsafe to finish inside of the header"}},
    {"content on CONNECT", {"method.md#CONNECT with body"}},
    {"another protocol than HTTP/1",
     {"method.md#SOURCE request with ICE", "method.md#OPTIONS request with RTSP",
      "method.md#ANNOUNCE request with RTSP", "sample.md#No HTTP version"}},
};

/// Refused there, good here. None of these lets two readers differ on where a message ends.
const Difference kLooser[] = {
    {"limits that are narrower than ours",
     {"invalid/006.http", "invalid/007.http", "invalid/008.http", "invalid/010.http", "invalid/017.http",
      "invalid/limit_header_default_01.http"}},
    {"a token all the same, though no method of theirs",
     {"invalid/003c.http", "invalid.md#HTTP protocol and ANNOUNCE method", "invalid.md#Invalid method"}},
    {"rules of CGI servers on underscores, repeated and forwarded fields",
     {"invalid/019.http", "invalid/040.http", "invalid/041.http", "invalid/chunked_07.http"}},
    {"trailers that may not be merged are dropped, not refused",
     {"invalid/rfc9110_trailer_forbidden_cl_01.http", "invalid/rfc9110_trailer_forbidden_host_01.http",
      "invalid/rfc9110_trailer_forbidden_te_01.http"}},
    {"the first message is good; the connection decides about the second",
     {"connection.md#No restart when keep-alive is off (1.0)",
      "connection.md#CRLF between requests, implicit `keep-alive`"}},
};

std::set<std::string, std::less<>> names_of(std::span<const Difference> differences) {
  std::set<std::string, std::less<>> names;
  for (const auto& difference : differences)
    names.insert(difference.names.begin(), difference.names.end());
  return names;
}

TEST(HeadCases, AgreeWithOtherParsers) {
  const char* shared = std::getenv("BREAKWATER_SHARED");
  const std::filesystem::path root = shared ? shared : BREAKWATER_SOURCE_DIR "/../shared";
  std::ifstream file(root / "data" / "http" / "cases-dev.jsonl");
  if (!file) GTEST_SKIP() << "the shared data is absent";
  std::set<std::string, std::less<>> stricter;
  std::set<std::string, std::less<>> looser;
  int cases = 0;
  for (std::string line; std::getline(file, line); ++cases) {
    const auto test = nlohmann::json::parse(line);
    const auto name = test["name"].get<std::string>();
    const auto outcome = read(as_proxy_request(decode_base64(test["raw_b64"].get<std::string>())));
    if (test["expect"] == "accept" && outcome == Outcome::refused) stricter.insert(name);
    if (test["expect"] == "reject" && outcome == Outcome::finished) looser.insert(name);
  }
  EXPECT_GT(cases, 200);
  EXPECT_EQ(stricter, names_of(kStricter));
  EXPECT_EQ(looser, names_of(kLooser));
}

}  // namespace
}  // namespace breakwater::http
