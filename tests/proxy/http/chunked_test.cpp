#include "proxy/http/chunked.h"

#include <algorithm>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace breakwater::http {
namespace {

using namespace std::string_view_literals;

struct Decoded {
  ChunkStatus status = ChunkStatus::need_more;
  std::string content;
  std::string trailers;
  std::size_t consumed = 0;
  bool operator==(const Decoded&) const = default;
};

/// Feeds `bytes` in pieces that end at `cuts` (ascending).
Decoded decode(std::string_view bytes, const std::vector<std::size_t>& cuts, std::size_t trailer_limit = 8 * 1024) {
  ChunkedDecoder decoder{trailer_limit};
  Decoded result;
  std::size_t start = 0;
  for (std::size_t i = 0; i <= cuts.size() && result.status == ChunkStatus::need_more; ++i) {
    const auto end = i < cuts.size() ? cuts[i] : bytes.size();
    std::vector<char> piece(bytes.begin() + static_cast<std::ptrdiff_t>(start),
                            bytes.begin() + static_cast<std::ptrdiff_t>(end));
    const auto step = decoder.decode(piece);
    result.status = step.status;
    result.content.append(piece.data(), step.payload);
    result.consumed += step.consumed;
    start = end;
    EXPECT_TRUE(step.status != ChunkStatus::need_more || step.consumed == piece.size());
  }
  result.trailers = decoder.trailers();
  return result;
}

std::vector<std::size_t> every_byte(std::string_view bytes) {
  std::vector<std::size_t> cuts;
  for (std::size_t i = 1; i < bytes.size(); ++i)
    cuts.push_back(i);
  return cuts;
}

const struct {
  std::string_view bytes, content, trailers;
} kGood[] = {
    {"0\r\n\r\n", "", ""},
    {"5\r\nhello\r\n6\r\n world\r\n000\r\n\r\n", "hello world", ""},
    {"0005\r\nhello\r\n0\r\n\r\n", "hello", ""},
    {"A\r\n0123456789\r\na\r\n\r\n0\r\n\r\n0\r\n\r\n0\r\n\r\n", "0123456789\r\n0\r\n\r\n0\r\n", ""},
    {"0000000000000001\r\nx\r\n0\r\n\r\n", "x", ""},
    {"5; some; parameters=stuff\r\nhello\r\n0;end\r\n\r\n", "hello", ""},
    {"1 ;\ta = \"b;\\\"c\\\\\"\t;d\r\nx\r\n0\r\n\r\n", "x", ""},
    {"0\r\nX-Sum:  1 \r\nEmpty:\r\n\r\n", "", "X-Sum: 1\r\nEmpty: \r\n"},
    {"1\r\nx\r\n0\r\nContent-Length: 9\r\nTransfer-Encoding: x\r\nHOST: a\r\nConnection: x\r\nKept: k\r\nTrailer: t\r\n"
     "Authorization: a\r\nSet-Cookie: c\r\nCONTENT-TYPE: t\r\nVia: v\r\n\r\n",
     "x", "Kept: k\r\n"},
};

TEST(Chunked, DecodesWholeAndInEveryPiece) {
  for (const auto& good : kGood) {
    SCOPED_TRACE(good.bytes);
    const Decoded expected{ChunkStatus::done, std::string{good.content}, std::string{good.trailers}, good.bytes.size()};
    EXPECT_EQ(decode(good.bytes, {}), expected);
    EXPECT_EQ(decode(good.bytes, every_byte(good.bytes)), expected);
    for (std::size_t first = 0; first < good.bytes.size(); ++first)
      for (std::size_t second = first; second < good.bytes.size(); ++second)
        ASSERT_EQ(decode(good.bytes, {first, second}), expected) << first << ' ' << second;
    const auto followed = std::string{good.bytes} + "GET / HTTP/1.1\r\n";
    EXPECT_EQ(decode(followed, {}), expected);
    for (std::size_t length = 0; length < good.bytes.size(); ++length)
      ASSERT_EQ(decode(good.bytes.substr(0, length), {}).status, ChunkStatus::need_more) << length;
  }
}

TEST(Chunked, RefusesInEveryPiece) {
  const std::string_view cases[] = {
      "\r\n",
      "\n",
      "5\n",
      "5\r\r\n",
      "5\r;x\r\n",
      "5 \r\n",
      " 5\r\n",
      "+5\r\n",
      "-5\r\n",
      "0x5\r\n",
      "5_0\r\n",
      "g\r\n",
      "5\0\r\n"sv,
      "00000000000000005\r\n",  // 17 digits
      "10000000000000005\r\n",  // 2^64 and more
      ";a\r\n",
      "5;\r\n",
      "5 a\r\n",
      "5;a=\r\n",
      "5;a b\r\n",
      "5;a=\"b\r\n",
      "5;a=\"b\\\r\n",
      "5;a=\"b\"c\r\n",
      "5;a=\x01\r\n",
      "5;a=b\rc\r\n",
      "5;a\n",
      "1\r\nxy",
      "1\r\nxy\r\n",
      "1\r\nx\n",
      "1\r\nx\r\r\n",
      "1\r\nx\rx",
      "1\r\nx1\r\n",
      "0\r\n\n",
      "0\r\nX\r\n",
      "0\r\nX : y\r\n",
      "0\r\n: y\r\n",
      "0\r\n X: y\r\n",
      "0\r\nX: y\n",
      "0\r\nX: y\r\n z\r\n",
      "0\r\nX: \0\r\n"sv,
      "0\r\nX: y\rz\r\n",
  };
  for (const auto bytes : cases) {
    SCOPED_TRACE(bytes);
    const auto followed = std::string{bytes} + "\r\n0\r\n\r\n";
    EXPECT_EQ(decode(followed, {}).status, ChunkStatus::malformed);
    EXPECT_EQ(decode(followed, every_byte(followed)).status, ChunkStatus::malformed);
    for (std::size_t cut = 0; cut < followed.size(); ++cut)
      ASSERT_EQ(decode(followed, {cut}).status, ChunkStatus::malformed) << cut;
  }
}

TEST(Chunked, HoldsItsLimits) {
  const auto extension = [](std::size_t line) { return "1;" + std::string(line - 4, 'x') + "\r\nx\r\n0\r\n\r\n"; };
  EXPECT_EQ(decode(extension(4096), {}).status, ChunkStatus::done);
  EXPECT_EQ(decode(extension(4097), {}).status, ChunkStatus::too_large);
  EXPECT_EQ(decode("1;" + std::string(10'000'000, 'x'), {100, 5000}).status, ChunkStatus::too_large);
  EXPECT_EQ(decode(std::string(5000, '1'), every_byte(std::string(5000, '1'))).status, ChunkStatus::too_large);

  const std::string trailers = "0\r\nA: 1\r\nHost: 2\r\n\r\n";  // 6 + 9 bytes of trailers, dropped ones counted
  EXPECT_EQ(decode(trailers, every_byte(trailers), 15).status, ChunkStatus::done);
  EXPECT_EQ(decode("0\r\n" + std::string(10'000, 'x'), {}).status, ChunkStatus::too_large);
  std::string many = "0\r\n";
  for (int i = 0; i < 10'000; ++i)
    many += "A: 1\r\n";
  EXPECT_EQ(decode(many, {}).status, ChunkStatus::too_large);
}

TEST(Chunked, LargestSizeNeedsAllItsBytes) {
  std::string bytes = "ffffffffffffffff\r\n" + std::string(100'000, 'x');
  const auto result = decode(bytes, {50});
  EXPECT_EQ(result.status, ChunkStatus::need_more);
  EXPECT_EQ(result.content, std::string(100'000, 'x'));
}

TEST(Chunked, WritesSizes) {
  std::string out;
  for (const std::size_t size : {std::size_t{0}, std::size_t{26}, std::size_t{65536}, ~std::size_t{0}})
    append_chunk_size(out, size);
  EXPECT_EQ(out, "0\r\n1a\r\n10000\r\nffffffffffffffff\r\n");
}

}  // namespace
}  // namespace breakwater::http
