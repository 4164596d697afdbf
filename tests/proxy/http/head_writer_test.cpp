#include <string>

#include <gtest/gtest.h>

#include "proxy/http/head.h"

namespace breakwater::http {
namespace {

std::string upstream(std::string_view bytes) {
  RequestHead head;
  HeadError error{};
  if (parse_request_head(bytes, {}, head, error) != HeadStatus::done) return std::string{to_string(error)};
  std::string out;
  append_upstream_head(out, head);
  return out;
}

TEST(UpstreamHead, IsOriginFormWithOneHostAndVia) {
  const struct {
    std::string_view in, out;
  } cases[] = {
      {"GET http://EXAMPLE.com HTTP/1.1\r\nAccept: a\r\nHost: example.COM\r\naccept: b\r\n\r\n",
       "GET / HTTP/1.1\r\nHost: example.com\r\nAccept: a\r\naccept: b\r\nVia: 1.1 breakwater\r\n\r\n"},
      {"GET http://a:8080/p?q HTTP/1.0\r\nVia: 1.0 x\r\n\r\n",
       "GET /p?q HTTP/1.1\r\nHost: a:8080\r\nVia: 1.0 x\r\nVia: 1.0 breakwater\r\n\r\n"},
      {"GET http://a?q HTTP/1.0\r\n\r\n", "GET /?q HTTP/1.1\r\nHost: a\r\nVia: 1.0 breakwater\r\n\r\n"},
      {"OPTIONS http://a HTTP/1.1\r\nHost: a\r\n\r\n", "OPTIONS * HTTP/1.1\r\nHost: a\r\nVia: 1.1 breakwater\r\n\r\n"},
      {"GET http://[::1]:81/ HTTP/1.0\r\n\r\n", "GET / HTTP/1.1\r\nHost: [::1]:81\r\nVia: 1.0 breakwater\r\n\r\n"},
      {"GET http://0x7f.1/ HTTP/1.0\r\n\r\n", "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nVia: 1.0 breakwater\r\n\r\n"},
      // hop by hop, and what Connection names; framing and Host cannot be named away
      {"POST http://a/ HTTP/1.1\r\nHost: a\r\nConnection: close, X-Hop, x-other\r\nX-Hop: 1\r\nX-OTHER: 2\r\nX-Kept: "
       "3\r\n"
       "Keep-Alive: 5\r\nProxy-Connection: close\r\nProxy-Authorization: x\r\nProxy-Authenticate: y\r\n"
       "Proxy-Authentication-Info: z\r\nTE: trailers\r\nTrailer: T\r\nUpgrade: h\r\nTransfer-Encoding: chunked\r\n\r\n",
       "POST / HTTP/1.1\r\nHost: a\r\nX-Kept: 3\r\nTrailer: T\r\nTransfer-Encoding: chunked\r\nVia: 1.1 "
       "breakwater\r\n\r\n"},
      {"POST http://a/ HTTP/1.1\r\nHost: a\r\nConnection: host, content-length\r\nContent-Length: 007\r\n\r\n",
       "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 7\r\nVia: 1.1 breakwater\r\n\r\n"},
      {"POST http://a/ HTTP/1.1\r\nHost: a\r\nConnection: transfer-encoding\r\nTransfer-Encoding: chunked\r\n\r\n",
       "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nVia: 1.1 breakwater\r\n\r\n"},
      // upgrades
      {"GET http://a/ HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c, websocket , "
       "TLS/1.0,b/2\r\n"
       "HTTP2-Settings: x\r\nSec-WebSocket-Key: k\r\n\r\n",
       "GET / HTTP/1.1\r\nHost: a\r\nSec-WebSocket-Key: k\r\nVia: 1.1 breakwater\r\nConnection: upgrade\r\n"
       "Upgrade: websocket, b/2\r\n\r\n"},
      {"GET http://a/ HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: "
       "x\r\n\r\n",
       "GET / HTTP/1.1\r\nHost: a\r\nVia: 1.1 breakwater\r\n\r\n"},
      // expectations and hops
      {"PUT http://a/ HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n",
       "PUT / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 1\r\nVia: 1.1 breakwater\r\n\r\n"},
      {"PUT http://a/ HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n",
       "PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nVia: 1.0 breakwater\r\n\r\n"},
      {"TRACE http://a/ HTTP/1.0\r\nMax-Forwards: 10\r\n\r\n",
       "TRACE / HTTP/1.1\r\nHost: a\r\nMax-Forwards: 9\r\nVia: 1.0 breakwater\r\n\r\n"},
      {"OPTIONS http://a/ HTTP/1.0\r\nMax-Forwards: 0\r\n\r\n",
       "OPTIONS / HTTP/1.1\r\nHost: a\r\nMax-Forwards: 0\r\nVia: 1.0 breakwater\r\n\r\n"},
      {"GET http://a/ HTTP/1.0\r\nMax-Forwards: 10\r\n\r\n",
       "GET / HTTP/1.1\r\nHost: a\r\nMax-Forwards: 10\r\nVia: 1.0 breakwater\r\n\r\n"},
  };
  for (const auto& c : cases)
    EXPECT_EQ(upstream(c.in), c.out) << c.in;
}

std::string client(std::string_view bytes, std::string_view method, Version version, Persistence persistence) {
  ResponseHead head;
  HeadError error{};
  if (parse_response_head(bytes, {}, method, head, error) != HeadStatus::done) return std::string{to_string(error)};
  std::string out;
  append_client_head(out, head, version, persistence);
  return out;
}

TEST(ClientHead, IsFramedForTheClient) {
  using enum Version;
  using enum Persistence;
  constexpr std::string_view kLength =
      "HTTP/1.0 200 OK\r\nContent-Length: 5, 05\r\nX: y\r\nConnection: keep-alive, Z\r\nZ: 1\r\n\r\n";
  constexpr std::string_view kChunked =
      "HTTP/1.1 200 \r\nTransfer-Encoding: chunked\r\nTrailer: T\r\nVia: 1.1 o\r\n\r\n";
  constexpr std::string_view kUntilClose = "HTTP/1.1 404 Not here\r\n\r\n";
  const struct {
    std::string_view in;
    Version version;
    Persistence persistence;
    std::string_view out;
    std::string_view method = "GET";
  } cases[] = {
      {kLength, http_1_1, keep_alive, "HTTP/1.1 200 OK\r\nX: y\r\nContent-Length: 5\r\nVia: 1.0 breakwater\r\n\r\n"},
      {kLength, http_1_1, close,
       "HTTP/1.1 200 OK\r\nX: y\r\nContent-Length: 5\r\nVia: 1.0 breakwater\r\nConnection: close\r\n\r\n"},
      {kLength, http_1_0, keep_alive,
       "HTTP/1.1 200 OK\r\nX: y\r\nContent-Length: 5\r\nVia: 1.0 breakwater\r\nConnection: keep-alive\r\n\r\n"},
      {kChunked, http_1_1, keep_alive,
       "HTTP/1.1 200 \r\nTrailer: T\r\nVia: 1.1 o\r\nTransfer-Encoding: chunked\r\nVia: 1.1 breakwater\r\n\r\n"},
      {kChunked, http_1_0, keep_alive,
       "HTTP/1.1 200 \r\nTrailer: T\r\nVia: 1.1 o\r\nVia: 1.1 breakwater\r\nConnection: close\r\n\r\n"},
      {kUntilClose, http_1_1, keep_alive, "HTTP/1.1 404 Not here\r\nVia: 1.1 breakwater\r\nConnection: close\r\n\r\n"},
      // without a body
      {kLength, http_1_1, keep_alive, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX: y\r\nVia: 1.0 breakwater\r\n\r\n",
       "HEAD"},
      {"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\n", http_1_1, keep_alive,
       "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\nVia: 1.1 breakwater\r\n\r\n"},
      {"HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n", http_1_1, keep_alive,
       "HTTP/1.1 204 No Content\r\nVia: 1.1 breakwater\r\n\r\n"},
      {"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n", http_1_1, close,
       "HTTP/1.1 103 Early Hints\r\nLink: x\r\nVia: 1.1 breakwater\r\n\r\n"},
      // hop by hop
      {"HTTP/1.1 407 No\r\nProxy-Authenticate: Basic\r\nUpgrade: h2c\r\nKeep-Alive: 5\r\nContent-Length: 0\r\n\r\n",
       http_1_1, keep_alive, "HTTP/1.1 407 No\r\nContent-Length: 0\r\nVia: 1.1 breakwater\r\n\r\n"},
      {"HTTP/1.1 101 Switching\r\nConnection: upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: x\r\n\r\n",
       http_1_1, keep_alive,
       "HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: x\r\nVia: 1.1 breakwater\r\n"
       "Connection: upgrade\r\n\r\n"},
  };
  for (const auto& c : cases)
    EXPECT_EQ(client(c.in, c.method, c.version, c.persistence), c.out) << c.in;
}

TEST(Methods, Idempotent) {
  for (const auto method : {"GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"})
    EXPECT_TRUE(is_idempotent(method)) << method;
  for (const auto method : {"POST", "PATCH", "CONNECT", "get", "", "GETX"})
    EXPECT_FALSE(is_idempotent(method)) << method;
}

TEST(OwnHops, AreCountedByTheNameInVia) {
  const struct {
    std::string_view via;
    std::size_t hops;
  } cases[] = {
      {"", 0},
      {"Via: 1.1 breakwater\r\n", 1},
      {"Via: 1.0 a, HTTP/1.1  breakwater (a comment),,\r\nvia: 1.1 breakwater\r\n", 2},
      {"Via: breakwater\r\nVia: 1.1 breakwater.example, 1.1 x breakwater\r\n", 0},
  };
  for (const auto& [via, hops] : cases) {
    const auto bytes = "GET /a?b HTTP/1.1\r\nHost: [::1]:81\r\n" + std::string(via) + "\r\n";
    RequestHead head;
    HeadError error{};
    ASSERT_EQ(parse_request_head(bytes, {}, head, error), HeadStatus::done) << via;
    EXPECT_EQ(count_own_hops(head.fields), hops) << via;
    std::string url;
    append_url(url, head);
    EXPECT_EQ(url, "http://[::1]:81/a?b");
  }
}

}  // namespace
}  // namespace breakwater::http
