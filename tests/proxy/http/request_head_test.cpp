#include <string>

#include <gtest/gtest.h>

#include "proxy/http/head.h"

namespace breakwater::http {
namespace {

using namespace std::string_view_literals;

std::string repeat(std::string_view unit, std::size_t count) {
  std::string text;
  while (count-- > 0)
    text += unit;
  return text;
}

struct Parsed {
  HeadStatus status;
  HeadError error{};
  RequestHead head;
};

Parsed parse(std::string_view bytes, const HeadLimits& limits = {}) {
  Parsed result{};
  result.status = parse_request_head(bytes, limits, result.head, result.error);
  return result;
}

struct Good {
  std::string_view bytes;
  std::string_view host;
  std::uint16_t port = 80;
  std::string_view path = "/";
  Body body = {};
  Persistence persistence = Persistence::keep_alive;
  std::string_view upgrade = "";
};

constexpr auto kLength = [](std::uint64_t length) { return Body{BodyKind::length, length}; };
constexpr Body kChunked{BodyKind::chunked, 0};
constexpr auto kClose = Persistence::close;
constexpr auto kKeepAlive = Persistence::keep_alive;

const Good kGood[] = {
    {"GET http://example.com/ HTTP/1.1\r\nHost: example.com\r\n\r\n", "example.com"},
    {"GET HTTP://EXAMPLE.com:80/a?b=c|d HTTP/1.1\r\nhOST:\t Example.COM. \t\r\n\r\n", "example.com", 80, "/a?b=c|d"},
    {"GET http://example.com HTTP/1.1\r\nHost: example.com:80\r\n\r\n", "example.com"},
    {"GET http://example.com?q HTTP/1.1\r\nHost: example.com:\r\n\r\n", "example.com", 80, "?q"},
    {"\r\n\r\nGET http://a:8080/x HTTP/1.1\r\nHost: a:8080\r\n\r\n", "a", 8080, "/x"},
    {"GET http://[::1]:81/ HTTP/1.1\r\nHost: [0:0::1]:81\r\n\r\n", "::1", 81},
    {"GET http://0x7f.1/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", "127.0.0.1"},
    {"GET /a?b HTTP/1.1\r\nHost: A:3128\r\n\r\n", "a", 3128, "/a?b"},
    {"GET / HTTP/1.0\r\nHost: [::1]\r\n\r\n", "::1", 80, "/", {}, kClose},
    {"OPTIONS http://a HTTP/1.1\r\nHost: a\r\n\r\n", "a", 80, "*"},
    {"OPTIONS http://a/ HTTP/1.1\r\nHost: a\r\n\r\n", "a"},
    {"OPTIONS http://a?q HTTP/1.1\r\nHost: a\r\n\r\n", "a", 80, "?q"},
    {"x!#$%&'*+-.^_`|~9 http://a/ HTTP/1.1\r\nHost: a\r\n\r\n", "a"},
    {"CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n\r\n", "example.com", 443, ""},
    {"CONNECT example.com:8443 HTTP/1.1\r\nHost: example.com\r\n\r\n", "example.com", 8443, ""},
    {"CONNECT [2001:db8::1]:443 HTTP/1.0\r\nContent-Length: 0\r\n\r\n", "2001:db8::1", 443, "", {}, kClose},
    // bodies
    {"POST http://a/ HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n", "a", 80, "/", kLength(5)},
    {"GET http://a/ HTTP/1.1\r\nContent-Length:00\r\nHost: a\r\n\r\n", "a", 80, "/", kLength(0)},
    {"POST http://a/ HTTP/1.1\r\nHost: a\r\ncontent-length: 9223372036854775807 \r\n\r\n", "a", 80, "/",
     kLength(9223372036854775807)},
    {"POST http://a/ HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n", "a", 80, "/", kChunked},
    // connections
    {"GET http://a/ HTTP/1.1\r\nHost: a\r\nConnection: x, Close ,y\r\n\r\n", "a", 80, "/", {}, kClose},
    {"GET http://a/ HTTP/1.1\r\nHost: a\r\nProxy-Connection: close\r\n\r\n", "a", 80, "/", {}, kClose},
    {"GET http://a/ HTTP/1.1\r\nHost: a\r\nConnection: closed\r\n\r\n", "a"},
    {"GET http://a/ HTTP/1.0\r\n\r\n", "a", 80, "/", {}, kClose},
    {"GET http://a/ HTTP/1.0\r\nHost: a\r\nProxy-Connection: Keep-Alive\r\n\r\n", "a", 80, "/", {}, kKeepAlive},
    {"GET / HTTP/1.1\r\nHost: a\r\nProxy-Connection: close\r\n\r\n", "a", 80, "/", {}, kKeepAlive},
    {"GET http://a/ HTTP/1.0\r\nConnection: keep-alive\r\nConnection: close\r\n\r\n", "a", 80, "/", {}, kClose},
    // upgrades
    {"GET http://a/ HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n\r\n",
     "a",
     80,
     "/",
     {},
     kKeepAlive,
     "websocket"},
    {"GET http://a/ HTTP/1.1\r\nHost: a\r\nUpgrade: h2c\r\nUpgrade: h2c, foo/2\r\nConnection: upgrade\r\n\r\n",
     "a",
     80,
     "/",
     {},
     kKeepAlive,
     "h2c, foo/2"},
    {"GET http://a/ HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: H2C, TLS/1.0, HTTP/2.0, a b\r\n\r\n", "a"},
    {"GET http://a/ HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n\r\n", "a"},
    {"GET http://a/ HTTP/1.0\r\nConnection: upgrade, keep-alive\r\nUpgrade: websocket\r\n\r\n", "a"},
    {"POST http://a/ HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n", "a"},
    {"GET http://a/ HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\nContent-Length: 4\r\n\r\n", "a",
     80, "/", kLength(4)},
    // fields
    {"GET http://a/ HTTP/1.1\r\nHost: a\r\nX: \x80\xff\t ~\r\nEmpty:\r\nBlank: \t \r\n\r\n", "a"},
};

void expect_good(const Good& good, const RequestHead& head) {
  EXPECT_EQ(head.host.text(), good.host);
  EXPECT_EQ(head.port, good.port);
  EXPECT_EQ(head.path, good.path);
  EXPECT_EQ(head.body.kind, good.body.kind);
  EXPECT_EQ(head.body.length, good.body.length);
  EXPECT_EQ(head.persistence, good.persistence);
  EXPECT_EQ(head.upgrade, good.upgrade);
  EXPECT_EQ(head.size, good.bytes.size());
}

TEST(RequestHead, ParsesGoodHeads) {
  RequestHead head;  // one for all: nothing of the last may show in the next
  HeadError error{};
  for (const auto& good : kGood) {
    SCOPED_TRACE(good.bytes);
    const std::string followed = std::string{good.bytes} + "GET /next";
    ASSERT_EQ(parse_request_head(followed, {}, head, error), HeadStatus::done) << to_string(error);
    expect_good(good, head);
  }
}

TEST(RequestHead, NeedsMoreAtEveryTruncation) {
  for (const auto& good : kGood)
    for (std::size_t length = 0; length < good.bytes.size(); ++length) {
      const auto result = parse(good.bytes.substr(0, length));
      ASSERT_EQ(result.status, HeadStatus::need_more)
          << good.bytes.substr(0, length) << ": " << to_string(result.error);
    }
}

TEST(RequestHead, KeepsFieldsInOrder) {
  const auto result = parse(
      "GET http://a/ HTTP/1.1\r\nHost: a\r\nAccept-Language:cy\r\nX-One:  1 2 \t\r\nproxy-authorization: x\r\nVIA: 1.0 "
      "b\r\n\r\n");
  ASSERT_EQ(result.status, HeadStatus::done);
  const auto& fields = result.head.fields;
  ASSERT_EQ(fields.size(), 5U);
  EXPECT_EQ(fields[1].id, FieldId::accept_language);
  EXPECT_EQ(fields[1].value, "cy");
  EXPECT_EQ(fields[2].id, FieldId::other);
  EXPECT_EQ(fields[2].name, "X-One");
  EXPECT_EQ(fields[2].value, "1 2");
  EXPECT_EQ(fields[3].id, FieldId::proxy_authorization);
  EXPECT_EQ(fields[4].id, FieldId::via);
  EXPECT_EQ(fields[4].name, "VIA");
  EXPECT_EQ(result.head.method, "GET");
  EXPECT_EQ(result.head.target, "http://a/");
  EXPECT_EQ(result.head.version, Version::http_1_1);
}

struct Bad {
  std::string_view bytes;
  HeadError error;
};

/// Each shows its fault without an end of the head.
const Bad kBad[] = {
    // other protocols, known by their first byte
    {"\x16\x03\x01", HeadError::bad_request_line},
    {"\x05\x01", HeadError::bad_request_line},
    {"\0"sv, HeadError::bad_request_line},
    {"\x80", HeadError::bad_request_line},
    {" ", HeadError::bad_request_line},
    {"\n", HeadError::bad_request_line},
    {"\rG", HeadError::bad_request_line},
    {"\r\n\r\n\r", HeadError::bad_request_line},
    {"SSH-2.0-OpenSSH_9\r\n", HeadError::bad_request_line},
    // request line
    {"GET\r\n", HeadError::bad_request_line},
    {"GET http://a/\r\n", HeadError::bad_request_line},
    {"GET  HTTP/1.1\r\n", HeadError::bad_request_line},
    {"GET http://a/ b HTTP/1.1\r\n", HeadError::bad_request_line},
    {"GET http://a/  HTTP/1.1\r\n", HeadError::bad_request_line},
    {"GET http://a/ HTTP/1.1 \r\n", HeadError::bad_request_line},
    {"GET http://a/ HTTP/1.1\t\r\n", HeadError::bad_request_line},
    {"GE(T http://a/ HTTP/1.1\r\n", HeadError::bad_method},
    {"GET\thttp://a/ HTTP/1.1\r\n", HeadError::bad_method},
    {"GET\0http://a/"sv, HeadError::bad_method},
    {"GET\xc3\x9f http://a/", HeadError::bad_method},
    {"ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFG", HeadError::bad_method},
    {"GET\nhttp://a/ HTTP/1.1\r\n", HeadError::bad_line_ending},
    {"GET http://a/ HTTP/1.1\n", HeadError::bad_line_ending},
    {"GET http://a/ HTTP/1.1\rHost", HeadError::bad_line_ending},
    {"GET http://a/\rb HTTP/1.1\r\n", HeadError::bad_line_ending},
    {"GET http://a/ HTTP/1.1\r\r\n", HeadError::bad_line_ending},
    {"GET http://a/ HTTP/1.2\r\n", HeadError::bad_version},
    {"GET http://a/ HTTP/2.0\r\n", HeadError::bad_version},
    {"GET http://a/ http/1.1\r\n", HeadError::bad_version},
    {"GET http://a/ HTTP/01.1\r\n", HeadError::bad_version},
    {"GET http://a/ HTTP/1.10\r\n", HeadError::bad_version},
    {"GET http://a/ FTP/1.1\r\n", HeadError::bad_version},
    {"PRI * HTTP/2.0\r\n", HeadError::bad_version},
    // target
    {"GET /\xc3\xa9 HTTP/1.1\r\n", HeadError::bad_target},
    {"GET /a#b HTTP/1.1\r\n", HeadError::bad_target},
    {"GET / HTTP/1.1\r\nHost: u@a\r\n", HeadError::userinfo},
    {"GET / HTTP/1.0\r\n\r\n", HeadError::missing_host},
    {"GET //a/ HTTP/1.1\r\n", HeadError::bad_target},
    {"GET * HTTP/1.1\r\n", HeadError::bad_target},
    {"OPTIONS * HTTP/1.1\r\n", HeadError::bad_target},
    {"GET a:80 HTTP/1.1\r\n", HeadError::bad_target},
    {"GET a/b://c HTTP/1.1\r\n", HeadError::bad_target},
    {"GET http:/a/ HTTP/1.1\r\n", HeadError::bad_target},
    {"GET http://a/#b HTTP/1.1\r\n", HeadError::bad_target},
    {"GET http://a# HTTP/1.1\r\n", HeadError::bad_target},
    {"GET http://a/\xc3\xa9 HTTP/1.1\r\n", HeadError::bad_target},
    {"GET http://a/\x01 HTTP/1.1\r\n", HeadError::bad_target},
    {"GET http://a/\x7f HTTP/1.1\r\n", HeadError::bad_target},
    {"GET http://a/\0 HTTP/1.1\r\n"sv, HeadError::bad_target},
    {"GET https://a/ HTTP/1.1\r\n", HeadError::bad_scheme},
    {"GET ftp://a/ HTTP/1.1\r\n", HeadError::bad_scheme},
    {"GET file:///etc/passwd HTTP/1.1\r\n", HeadError::bad_scheme},
    {"GET http://u@a/ HTTP/1.1\r\n", HeadError::userinfo},
    {"GET http://u:p@a/ HTTP/1.1\r\n", HeadError::userinfo},
    {"GET http:// HTTP/1.1\r\n", HeadError::bad_host},
    {"GET http:///x HTTP/1.1\r\n", HeadError::bad_host},
    {"GET http://a%62c/ HTTP/1.1\r\n", HeadError::bad_host},
    {"GET http://b\xc3\xbc"
     "cher.de/ HTTP/1.1\r\n",
     HeadError::bad_host},
    {"GET http://a..b/ HTTP/1.1\r\n", HeadError::bad_host},
    {"GET http://1.2.3.4.5/ HTTP/1.1\r\n", HeadError::bad_host},
    {"GET http://[::1%25lo]/ HTTP/1.1\r\n", HeadError::bad_host},
    {"GET http://xn--a/ HTTP/1.1\r\n", HeadError::bad_host},
    {"GET http://a\\b/ HTTP/1.1\r\n", HeadError::bad_host},
    {"GET http://a:0/ HTTP/1.1\r\n", HeadError::bad_port},
    {"GET http://a:65536/ HTTP/1.1\r\n", HeadError::bad_port},
    {"GET http://a:8 0/ HTTP/1.1\r\n", HeadError::bad_request_line},
    {"CONNECT a HTTP/1.1\r\n", HeadError::bad_port},
    {"CONNECT a: HTTP/1.1\r\n", HeadError::bad_port},
    {"CONNECT a:0 HTTP/1.1\r\n", HeadError::bad_port},
    {"CONNECT a:443/ HTTP/1.1\r\n", HeadError::bad_target},
    {"CONNECT http://a:443 HTTP/1.1\r\n", HeadError::bad_target},
    {"CONNECT u@a:443 HTTP/1.1\r\n", HeadError::userinfo},
    {"CONNECT ::1:443 HTTP/1.1\r\n", HeadError::bad_host},
    {"connect a:443 HTTP/1.1\r\n", HeadError::bad_target},
};

/// Field lines after "POST http://a/ HTTP/1.1" and its Host.
const Bad kBadFields[] = {
    {" Folded: x\r\n", HeadError::obsolete_folding},
    {"\tFolded: x\r\n", HeadError::obsolete_folding},
    {"X: one\r\n two\r\n", HeadError::obsolete_folding},
    {"X : y\r\n", HeadError::bad_field_name},
    {"Content-Length : 3\r\n", HeadError::bad_field_name},
    {"X\t: y\r\n", HeadError::bad_field_name},
    {": y\r\n", HeadError::bad_field_name},
    {"X\r\n", HeadError::bad_field_name},
    {"X y: z\r\n", HeadError::bad_field_name},
    {"X\0Y: z\r\n"sv, HeadError::bad_field_name},
    {"X(: z\r\n", HeadError::bad_field_name},
    {"X\xc3\xa9: z\r\n", HeadError::bad_field_name},
    {"X\n: z\r\n", HeadError::bad_line_ending},
    {"X: y\n", HeadError::bad_line_ending},
    {"X: y\rZ: 1\r\n", HeadError::bad_line_ending},
    {"X:\n", HeadError::bad_line_ending},
    {"\n", HeadError::bad_line_ending},
    {"\rX", HeadError::bad_line_ending},
    {"X: y\0z"sv, HeadError::bad_field_value},
    {"X: \x01", HeadError::bad_field_value},
    {"X: \x7f", HeadError::bad_field_value},
    {"X: \x0b\r\n", HeadError::bad_field_value},
    // Host
    {"Host: a\r\n", HeadError::repeated_host},
    {"host: b\r\n", HeadError::repeated_host},
    // framing
    {"Content-Length:\r\n", HeadError::bad_length},
    {"Content-Length: +5\r\n", HeadError::bad_length},
    {"Content-Length: -0\r\n", HeadError::bad_length},
    {"Content-Length: 0x5\r\n", HeadError::bad_length},
    {"Content-Length: 5 5\r\n", HeadError::bad_length},
    {"Content-Length: 5, 5\r\n", HeadError::bad_length},
    {"Content-Length: 5,\r\n", HeadError::bad_length},
    {"Content-Length: 1e3\r\n", HeadError::bad_length},
    {"Content-Length: 9223372036854775808\r\n", HeadError::bad_length},
    {"Content-Length: 18446744073709551621\r\n", HeadError::bad_length},
    {"Content-Length: 5\r\nContent-Length: 5\r\n", HeadError::bad_length},
    {"Content-Length: 5\r\ncontent-length: 6\r\n", HeadError::bad_length},
    {"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", HeadError::length_and_coding},
    {"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", HeadError::length_and_coding},
    {"Content-Length: 5\r\nTransfer-Encoding: identity\r\n", HeadError::length_and_coding},
    {"Transfer-Encoding:\r\n", HeadError::bad_coding},
    {"Transfer-Encoding: identity\r\n", HeadError::bad_coding},
    {"Transfer-Encoding: gzip, chunked\r\n", HeadError::bad_coding},
    {"Transfer-Encoding: chunked, chunked\r\n", HeadError::bad_coding},
    {"Transfer-Encoding: chunked,\r\n", HeadError::bad_coding},
    {"Transfer-Encoding: xchunked\r\n", HeadError::bad_coding},
    {"Transfer-Encoding: \"chunked\"\r\n", HeadError::bad_coding},
    {"Transfer-Encoding: chunked;q=1\r\n", HeadError::bad_coding},
    {"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", HeadError::bad_coding},
    {"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n", HeadError::bad_coding},
};

/// A head that shows a fault shows it at once and whatever follows; before, it needs more. Never is it done.
void expect_bad(const std::string& bytes, HeadError error) {
  SCOPED_TRACE(bytes);
  for (const auto& more : {"", "\r\n\r\n", "\r\nX: y\r\n\r\n"}) {
    const auto result = parse(bytes + more);
    ASSERT_EQ(result.status, HeadStatus::error);
    EXPECT_EQ(to_string(result.error), to_string(error));
  }
  bool seen = false;
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    const auto result = parse(std::string_view{bytes}.substr(0, length));
    ASSERT_NE(result.status, HeadStatus::done) << length;
    ASSERT_TRUE(!seen || result.status == HeadStatus::error) << length;
    seen = result.status == HeadStatus::error;
  }
}

TEST(RequestHead, RefusesBadRequestLines) {
  for (const auto& bad : kBad)
    expect_bad(std::string{bad.bytes}, bad.error);
}

TEST(RequestHead, RefusesBadFields) {
  for (const auto& bad : kBadFields)
    expect_bad("POST http://a/ HTTP/1.1\r\nHost: a\r\n" + std::string{bad.bytes}, bad.error);
}

TEST(RequestHead, RefusesHostThatSaysAnotherThing) {
  const struct {
    std::string_view target, host;
    HeadError error;
  } cases[] = {
      {"GET http://a/", "b", HeadError::host_mismatch},
      {"GET http://a/", "a:81", HeadError::host_mismatch},
      {"GET http://a:81/", "a", HeadError::host_mismatch},
      {"GET http://a/", "a:443", HeadError::host_mismatch},
      {"GET http://127.0.0.1/", "127.0.0.2", HeadError::host_mismatch},
      {"CONNECT a:443", "b:443", HeadError::host_mismatch},
      {"CONNECT a:443", "a:80", HeadError::host_mismatch},
      {"GET http://a/", "", HeadError::bad_host},
      {"GET http://a/", "a, a", HeadError::bad_host},
      {"GET http://a/", "a/", HeadError::bad_host},
      {"GET http://a/", "%61", HeadError::bad_host},
      {"GET http://a/", "http://a", HeadError::bad_port},
      {"GET http://a/", "a:x", HeadError::bad_port},
      {"GET http://a/", "u@a", HeadError::userinfo},
  };
  for (const auto& c : cases)
    for (const std::string version : {" HTTP/1.0", " HTTP/1.1"})
      expect_bad(std::string{c.target} + version + "\r\nX: y\r\nHost: " + std::string{c.host} + "\r\n", c.error);
}

TEST(RequestHead, RefusesWhatOnlyTheWholeHeadShows) {
  const Bad cases[] = {
      {"GET http://a/ HTTP/1.1\r\n\r\n", HeadError::missing_host},
      {"CONNECT a:443 HTTP/1.1\r\nX: y\r\n\r\n", HeadError::missing_host},
      {"CONNECT a:443 HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n", HeadError::bad_length},
      {"CONNECT a:443 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", HeadError::bad_coding},
      {"POST http://a/ HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", HeadError::bad_coding},
  };
  for (const auto& c : cases) {
    const auto result = parse(c.bytes);
    ASSERT_EQ(result.status, HeadStatus::error) << c.bytes;
    EXPECT_EQ(to_string(result.error), to_string(c.error)) << c.bytes;
  }
}

TEST(RequestHead, HoldsTheLimitOfBytes) {
  const HeadLimits limits;
  const std::string start = "GET http://a/ HTTP/1.1\r\nHost: a\r\nX: ";
  const auto fill = limits.bytes - start.size() - 4;
  const auto largest = start + repeat("x", fill) + "\r\n\r\n";
  EXPECT_EQ(parse(largest).status, HeadStatus::done);
  EXPECT_EQ(parse(std::string_view{largest}.substr(0, limits.bytes - 1)).status, HeadStatus::need_more);

  const auto huge = start + repeat("x", 10'000'000) + "\r\n\r\n";
  for (const auto size : {limits.bytes, limits.bytes + 1, huge.size()}) {
    const auto result = parse(std::string_view{huge}.substr(0, size));
    ASSERT_EQ(result.status, HeadStatus::error);
    EXPECT_EQ(result.error, HeadError::head_too_large);
  }
  EXPECT_EQ(parse(start + repeat("x", fill + 1) + "\r\n\r\n").error, HeadError::head_too_large);
  EXPECT_EQ(parse("GET http://a/" + repeat("x", 10'000'000)).error, HeadError::head_too_large);
  EXPECT_EQ(parse(repeat("\r\n", 2) + start + repeat("x", fill) + "\r\n\r\n").error, HeadError::head_too_large);
}

TEST(RequestHead, HoldsTheLimitOfFields) {
  const HeadLimits limits;
  const std::string start = "GET http://a/ HTTP/1.1\r\nHost: a\r\n";
  const auto most = parse(start + repeat("X: y\r\n", limits.fields - 1) + "\r\n");
  EXPECT_EQ(most.status, HeadStatus::done);
  EXPECT_EQ(most.head.fields.size(), limits.fields);
  EXPECT_EQ(parse(start + repeat("X: y\r\n", limits.fields)).error, HeadError::too_many_fields);
  // Each name in Connection is compared with each field.
  EXPECT_EQ(parse(start + "Connection: " + repeat("x,", limits.fields) + "\r\n\r\n").status, HeadStatus::done);
  EXPECT_EQ(parse(start + "Connection: " + repeat("x,", limits.fields + 1) + "\r\n").error, HeadError::too_many_fields);
}

}  // namespace
}  // namespace breakwater::http
