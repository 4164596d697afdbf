#include "proxy/net/relay.h"

#include <future>
#include <optional>
#include <string>

#include <boost/asio/read.hpp>
#include <gtest/gtest.h>

#include "tests/proxy/net/stream_pair.h"

namespace breakwater::net {
namespace {

/// A relay between two loopback connections, run on the test's thread; the peers' ends are used from another.
class RelayTest : public testing::Test {
 protected:
  RelayTest() {
    std::tie(client, client_peer) = pair();
    std::tie(origin, origin_peer) = pair();
    asio::co_spawn(io, wheel.run(), [](const std::exception_ptr&) {});
  }

  std::pair<std::unique_ptr<Stream>, std::unique_ptr<Socket>> pair() {
    auto [stream, peer] = make_pair(io, wheel);
    return {std::move(stream), std::make_unique<Socket>(std::move(peer))};
  }

  End run(std::chrono::milliseconds idle, const std::function<void()>& peers) {
    relay.emplace(*client, *origin, scratch, wheel, idle);
    relay->start([this](End how) {
      end = how;
      wheel.stop();
    });
    auto done = std::async(std::launch::async, peers);
    io.run();
    done.get();
    return *end;
  }

  asio::io_context io;
  Wheel wheel{io.get_executor()};
  std::vector<char> scratch = std::vector<char>(64 * 1024);
  std::unique_ptr<Stream> client, origin;
  std::unique_ptr<Socket> client_peer, origin_peer;
  std::optional<Relay> relay;
  std::optional<End> end;
};

std::string read_all(Socket& socket) {
  std::string text;
  error_code error;
  asio::read(socket, asio::dynamic_buffer(text), error);
  return text;
}

TEST_F(RelayTest, MovesWhatWasReceivedBeforeAndMegabytesBothWaysThroughHalfCloses) {
  client->in().commit(asio::buffer_copy(client->in().prepare(5), asio::buffer("hello", 5)));
  const std::string up(5'000'000, 'u');
  const std::string down(7'000'000, 'd');
  std::string got_up;
  std::string got_down;
  const auto why = run(std::chrono::seconds(20), [&] {
    auto sending = std::async(std::launch::async, [&] {
      asio::write(*client_peer, asio::buffer(up));
      client_peer->shutdown(Socket::shutdown_send);
      got_down = read_all(*client_peer);
    });
    got_up = read_all(*origin_peer);  // ends with the client's half-close; the other way is still open
    asio::write(*origin_peer, asio::buffer(down));
    origin_peer->shutdown(Socket::shutdown_send);
    sending.get();
  });
  EXPECT_EQ(why, End::client);
  EXPECT_TRUE(got_up == "hello" + up);
  EXPECT_TRUE(got_down == down);
  EXPECT_EQ(relay->bytes_up(), up.size() + 5);
  EXPECT_EQ(relay->bytes_down(), down.size());
}

TEST_F(RelayTest, ASilentTunnelEndsAsIdle) {
  EXPECT_EQ(run(std::chrono::milliseconds(50), [] {}), End::idle);
}

TEST_F(RelayTest, StopEndsItWithItsCauseAndBothSidesSeeTheEnd) {
  Timer timer(io.get_executor(), std::chrono::milliseconds(50));
  timer.async_wait([&](error_code) {
    relay->stop(End::bell);
    relay->stop(End::idle);
  });
  const auto why = run(std::chrono::seconds(20), [&] {
    EXPECT_EQ(read_all(*client_peer), "");
    EXPECT_EQ(read_all(*origin_peer), "");
  });
  EXPECT_EQ(why, End::bell);
}

TEST_F(RelayTest, AnOriginThatFailsEndsIt) {
  const auto why = run(std::chrono::seconds(20), [&] {
    origin_peer->set_option(Socket::linger(true, 0));
    origin_peer->close();
    read_all(*client_peer);
  });
  EXPECT_EQ(why, End::origin);
}

}  // namespace
}  // namespace breakwater::net
