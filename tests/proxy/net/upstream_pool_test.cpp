#include "proxy/net/upstream_pool.h"

#include <algorithm>

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
  pool.put("a.test:80", std::move(first), pool.generation());
  pool.put("a.test:80", std::move(second), pool.generation());
  EXPECT_EQ(pool.size(), 2u);
  EXPECT_EQ(pool.take("b.test:80"), nullptr);
  EXPECT_EQ(pool.take("a.test:80").get(), youngest);
  EXPECT_NE(pool.take("a.test:80"), nullptr);
  EXPECT_EQ(pool.take("a.test:80"), nullptr);
  EXPECT_EQ(pool.size(), 0u);
}

TEST_F(UpstreamPoolTest, AConnectionThatTheOriginClosedIsNotGiven) {
  auto [stream, peer] = make_pair(io, wheel);
  pool.put("a.test:80", std::move(stream), pool.generation());
  peer.close();
  EXPECT_EQ(pool.take("a.test:80"), nullptr);
}

TEST_F(UpstreamPoolTest, AConnectionOnWhichBytesCameUnaskedIsNotGiven) {
  auto [stream, peer] = make_pair(io, wheel);
  pool.put("a.test:80", std::move(stream), pool.generation());
  asio::write(peer, asio::buffer("HTTP/1.1 200 OK\r\n", 17));
  EXPECT_EQ(pool.take("a.test:80"), nullptr);
}

TEST_F(UpstreamPoolTest, AConnectionWithBytesLeftOverIsNotKept) {
  auto [stream, peer] = make_pair(io, wheel);
  stream->in().commit(asio::buffer_copy(stream->in().prepare(5), asio::buffer("extra", 5)));
  pool.put("a.test:80", std::move(stream), pool.generation());
  EXPECT_EQ(pool.size(), 0u);
}

TEST_F(UpstreamPoolTest, KeepsOnlySoManyOfOneOrigin) {
  std::vector<Socket> peers;
  for (std::size_t i = 0; i < UpstreamPool::kPerOrigin + 3; ++i) {
    auto [stream, peer] = make_pair(io, wheel);
    pool.put("a.test:80", std::move(stream), pool.generation());
    peers.push_back(std::move(peer));
  }
  EXPECT_EQ(pool.size(), UpstreamPool::kPerOrigin);
  pool.clear();
  EXPECT_EQ(pool.size(), 0u);
}

TEST_F(UpstreamPoolTest, WhatIsRetiredIsNotGivenAgainAndClosedBitByBit) {
  std::vector<Socket> peers;
  const auto put = [&](const std::string& origin) {
    auto [stream, peer] = make_pair(io, wheel);
    pool.put(origin, std::move(stream), pool.generation());
    peers.push_back(std::move(peer));
  };
  const auto closed = [&](Socket& peer) {
    char byte = 0;
    error_code error;
    peer.non_blocking(true);
    peer.read_some(asio::buffer(&byte, 1), error);
    return error == asio::error::eof;
  };
  const auto many = UpstreamPool::kClosedASweep + 3;
  for (std::size_t i = 0; i < many; ++i)
    put("origin" + std::to_string(i) + ".test:80");
  pool.retire();
  EXPECT_EQ(pool.size(), 0u);
  EXPECT_EQ(pool.retired(), many);
  EXPECT_EQ(pool.take("origin0.test:80"), nullptr);
  EXPECT_EQ(std::ranges::count_if(peers, closed), 0);

  put("origin0.test:80");  // for one that comes, one goes
  EXPECT_EQ(std::ranges::count_if(peers, closed), 1);
  pool.sweep();
  EXPECT_EQ(pool.retired(), 2u);
  EXPECT_EQ(std::ranges::count_if(peers, closed), static_cast<std::ptrdiff_t>(UpstreamPool::kClosedASweep + 1));
  pool.sweep();
  EXPECT_EQ(pool.retired(), 0u);
  EXPECT_NE(pool.take("origin0.test:80"), nullptr);
}

TEST_F(UpstreamPoolTest, AConnectionOfAGenerationThatIsOverIsNotKept) {
  auto [stream, peer] = make_pair(io, wheel);
  const auto before = pool.generation();
  pool.retire();
  pool.put("a.test:80", std::move(stream), before);
  EXPECT_EQ(pool.size(), 0u);
}

TEST_F(UpstreamPoolTest, ClearClosesWhatIsRetiredToo) {
  auto [stream, peer] = make_pair(io, wheel);
  pool.put("a.test:80", std::move(stream), pool.generation());
  pool.retire();
  pool.clear();
  EXPECT_EQ(pool.retired(), 0u);
}

}  // namespace
}  // namespace breakwater::net
