#include "proxy/net/upstream_pool.h"

#include <gtest/gtest.h>

#include "tests/proxy/net/stream_pair.h"

namespace breakwater::net {
namespace {

class UpstreamPoolTest : public testing::Test {
 protected:
  asio::io_context io{1};
  Wheel wheel{io.get_executor()};
  UpstreamPool pool;
};

TEST_F(UpstreamPoolTest, GivesTheYoungestOfThatOriginBack) {
  auto [first, first_peer] = make_pair(io, wheel);
  auto [second, second_peer] = make_pair(io, wheel);
  const auto* youngest = second.get();
  pool.put("a.test:80", std::move(first));
  pool.put("a.test:80", std::move(second));
  EXPECT_EQ(pool.size(), 2u);
  EXPECT_EQ(pool.take("b.test:80"), nullptr);
  EXPECT_EQ(pool.take("a.test:80").get(), youngest);
  EXPECT_NE(pool.take("a.test:80"), nullptr);
  EXPECT_EQ(pool.take("a.test:80"), nullptr);
  EXPECT_EQ(pool.size(), 0u);
}

TEST_F(UpstreamPoolTest, AConnectionThatTheOriginClosedIsNotGiven) {
  auto [stream, peer] = make_pair(io, wheel);
  pool.put("a.test:80", std::move(stream));
  peer.close();
  EXPECT_EQ(pool.take("a.test:80"), nullptr);
}

TEST_F(UpstreamPoolTest, AConnectionOnWhichBytesCameUnaskedIsNotGiven) {
  auto [stream, peer] = make_pair(io, wheel);
  pool.put("a.test:80", std::move(stream));
  asio::write(peer, asio::buffer("HTTP/1.1 200 OK\r\n", 17));
  EXPECT_EQ(pool.take("a.test:80"), nullptr);
}

TEST_F(UpstreamPoolTest, AConnectionWithBytesLeftOverIsNotKept) {
  auto [stream, peer] = make_pair(io, wheel);
  stream->in().commit(asio::buffer_copy(stream->in().prepare(5), asio::buffer("extra", 5)));
  pool.put("a.test:80", std::move(stream));
  EXPECT_EQ(pool.size(), 0u);
}

TEST_F(UpstreamPoolTest, KeepsOnlySoManyOfOneOrigin) {
  std::vector<Socket> peers;
  for (std::size_t i = 0; i < UpstreamPool::kPerOrigin + 3; ++i) {
    auto [stream, peer] = make_pair(io, wheel);
    pool.put("a.test:80", std::move(stream));
    peers.push_back(std::move(peer));
  }
  EXPECT_EQ(pool.size(), UpstreamPool::kPerOrigin);
  pool.clear();
  EXPECT_EQ(pool.size(), 0u);
}

}  // namespace
}  // namespace breakwater::net
