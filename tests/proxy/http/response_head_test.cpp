#include <string>

#include <gtest/gtest.h>

#include "proxy/http/head.h"

namespace breakwater::http {
namespace {

using namespace std::string_view_literals;

struct Good {
  std::string_view bytes;
  std::uint16_t status = 200;
  Body body = {};
  Persistence persistence = Persistence::keep_alive;
  std::string_view method = "GET";
};

constexpr Body kChunked{BodyKind::chunked, 0};
constexpr Body kUntilClose{BodyKind::until_close, 0};
constexpr Body kNone{};
constexpr Body kFive{BodyKind::length, 5};
constexpr auto kClose = Persistence::close;
constexpr auto kKeepAlive = Persistence::keep_alive;

const Good kGood[] = {
    {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", 200, kFive},
    {"HTTP/1.1 200 \r\nContent-Length: 5\r\n\r\n", 200, kFive},
    {"HTTP/1.1 200\r\nContent-Length: 5\r\n\r\n", 200, kFive},
    {"HTTP/1.1 404 caf\xe9\tno\r\nTransfer-Encoding: CHUNKED\r\n\r\n", 404, kChunked},
    {"HTTP/1.1 200 OK\r\n\r\n", 200, kUntilClose, kClose},
    {"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n\r\n", 200, kUntilClose, kClose},
    {"HTTP/1.0 200 OK\r\nContent-Length: 5\r\nConnection: keep-alive\r\n\r\n", 200, kFive},
    {"HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\n", 200, kFive, kClose},
    {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\n", 200, kFive, kClose},
    {"HTTP/1.1 200 OK\r\nContent-Length \t: 5\r\n\r\n", 200, kFive},
    {"HTTP/1.1 200 OK\r\nContent-Length: 5 , 05\r\nContent-Length: 5\r\n\r\n", 200, kFive},
    // without a body
    {"HTTP/1.1 100 Continue\r\n\r\n", 100, kNone},
    {"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n", 101, kNone},
    {"HTTP/1.1 204 No Content\r\n\r\n", 204, kNone},
    {"HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n", 204, kNone},
    {"HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n", 204, kNone, kClose},
    {"HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n", 204, kNone, kClose},
    {"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", 304, kNone},
    {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", 200, kNone, kKeepAlive, "HEAD"},
    {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", 200, kNone, kKeepAlive, "HEAD"},
    {"HTTP/1.1 200 OK\r\n\r\n", 200, kNone, kKeepAlive, "HEAD"},
    {"HTTP/1.1 200 OK\r\n\r\n", 200, kNone, kKeepAlive, "CONNECT"},
    {"HTTP/1.1 407 No\r\nContent-Length: 5\r\n\r\n", 407, kFive, kKeepAlive, "CONNECT"},
    {"HTTP/1.1 599 x\r\nContent-Length: 5\r\n\r\n", 599, kFive},
};

TEST(ResponseHead, ParsesGoodHeads) {
  ResponseHead head;
  HeadError error{};
  for (const auto& good : kGood) {
    SCOPED_TRACE(good.bytes);
    const auto followed = std::string{good.bytes} + "body";
    ASSERT_EQ(parse_response_head(followed, {}, good.method, head, error), HeadStatus::done) << to_string(error);
    EXPECT_EQ(head.status, good.status);
    EXPECT_EQ(head.body.kind, good.body.kind);
    EXPECT_EQ(head.body.length, good.body.length);
    EXPECT_EQ(head.persistence, good.persistence);
    EXPECT_EQ(head.size, good.bytes.size());
    for (std::size_t length = 0; length < good.bytes.size(); ++length)
      ASSERT_EQ(parse_response_head(good.bytes.substr(0, length), {}, good.method, head, error), HeadStatus::need_more)
          << length << ' ' << to_string(error);
  }
}

TEST(ResponseHead, RefusesWithTheExactError) {
  const struct {
    std::string_view bytes;
    HeadError error;
  } cases[] = {
      {"<html>", HeadError::bad_status_line},
      {"HTTX", HeadError::bad_status_line},
      {"\r\n", HeadError::bad_status_line},
      {"HT\r\n", HeadError::bad_status_line},
      {"ICY 200 OK\r\n", HeadError::bad_status_line},
      {"HTTP/1.1\r\n", HeadError::bad_status_line},
      {"HTTP/1.1 20\r\n", HeadError::bad_status_line},
      {"HTTP/1.1 2000\r\n", HeadError::bad_status_line},
      {"HTTP/1.1 200OK\r\n", HeadError::bad_status_line},
      {"HTTP/1.1  200 OK\r\n", HeadError::bad_status_line},
      {"HTTP/1.1 +20 OK\r\n", HeadError::bad_status_line},
      {"HTTP/1.1 099 OK\r\n", HeadError::bad_status_line},
      {"HTTP/1.1 600 OK\r\n", HeadError::bad_status_line},
      {"HTTP/1.1 999 OK\r\n", HeadError::bad_status_line},
      {"HTTP/1.1 200 O\0K\r\n"sv, HeadError::bad_status_line},
      {"HTTP/1.2 200 OK\r\n", HeadError::bad_version},
      {"HTTP/2 200 OK\r\n", HeadError::bad_version},
      {"HTTP/1.1 200 OK\n", HeadError::bad_line_ending},
      {"HTTP/1.1 200 OK\rX", HeadError::bad_line_ending},
      {"HTTP/1.1 200 OK\r\nX: y\n", HeadError::bad_line_ending},
      {"HTTP/1.1 200 OK\r\nX: y\r\n z\r\n", HeadError::obsolete_folding},
      {"HTTP/1.1 200 OK\r\n: y\r\n", HeadError::bad_field_name},
      {"HTTP/1.1 200 OK\r\n<html>\r\n", HeadError::bad_field_name},
      {"HTTP/1.1 200 OK\r\nX Y: z\r\n", HeadError::bad_field_name},
      {"HTTP/1.1 200 OK\r\nX: \x1b\r\n", HeadError::bad_field_value},
      {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n", HeadError::bad_length},
      {"HTTP/1.1 200 OK\r\nContent-Length: 5, 6\r\n", HeadError::bad_length},
      {"HTTP/1.1 200 OK\r\nContent-Length: 5,\r\n", HeadError::bad_length},
      {"HTTP/1.1 200 OK\r\nContent-Length: ,5\r\n", HeadError::bad_length},
      {"HTTP/1.1 200 OK\r\nContent-Length:\r\n", HeadError::bad_length},
      {"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n", HeadError::bad_length},
      {"HTTP/1.1 200 OK\r\nContent-Length: 9223372036854775808\r\n", HeadError::bad_length},
      {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n", HeadError::length_and_coding},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n", HeadError::length_and_coding},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n", HeadError::bad_coding},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", HeadError::bad_coding},
      {"HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n", HeadError::bad_coding},
  };
  for (const auto& c : cases) {
    SCOPED_TRACE(c.bytes);
    for (const auto* more : {"", "\r\n\r\n"}) {
      ResponseHead head;
      HeadError error{};
      ASSERT_EQ(parse_response_head(std::string{c.bytes} + more, {}, "GET", head, error), HeadStatus::error);
      EXPECT_EQ(to_string(error), to_string(c.error));
    }
  }
}

TEST(ResponseHead, HoldsTheLimits) {
  const HeadLimits limits{.bytes = 100, .fields = 3};
  ResponseHead head;
  HeadError error{};
  const auto parse = [&](std::string_view bytes) { return parse_response_head(bytes, limits, "GET", head, error); };
  EXPECT_EQ(parse("HTTP/1.1 200 OK\r\nA:\r\nB:\r\nC:\r\n\r\n"), HeadStatus::done);
  EXPECT_EQ(parse("HTTP/1.1 200 OK\r\nA:\r\nB:\r\nC:\r\nD:\r\n"), HeadStatus::error);
  EXPECT_EQ(error, HeadError::too_many_fields);
  EXPECT_EQ(parse("HTTP/1.1 200 " + std::string(86, 'x')), HeadStatus::need_more);
  EXPECT_EQ(parse("HTTP/1.1 200 " + std::string(87, 'x')), HeadStatus::error);
  EXPECT_EQ(error, HeadError::head_too_large);
}

}  // namespace
}  // namespace breakwater::http
