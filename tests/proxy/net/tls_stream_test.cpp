#include <csignal>
#include <future>
#include <optional>

#include <boost/asio/read.hpp>
#include <gtest/gtest.h>

#include "proxy/net/event.h"
#include "proxy/net/relay.h"
#include "tests/proxy/net/stream_pair.h"
#include "tests/proxy/net/test_certificate.h"

namespace breakwater::net {
namespace {

/// A client's end: blocking, with the library's own defaults.
class TlsClient {
 public:
  explicit TlsClient(Socket& socket, int version = TLS1_3_VERSION) : context_(SSL_CTX_new(TLS_client_method())) {
    SSL_CTX_set_max_proto_version(context_.get(), version);
    session_.reset(SSL_new(context_.get()));
    SSL_set_fd(session_.get(), socket.native_handle());
  }

  bool connect() { return SSL_connect(session_.get()) == 1; }
  void write(std::string_view bytes) {
    std::size_t sent = 0;
    ASSERT_EQ(SSL_write_ex(session_.get(), bytes.data(), bytes.size(), &sent), 1);
  }
  /// Up to close_notify; "!" behind it where the connection ended without.
  std::string read_all() {
    std::string all;
    char piece[16384];
    std::size_t size = 0;
    while (SSL_read_ex(session_.get(), piece, sizeof piece, &size) == 1)
      all.append(piece, size);
    return SSL_get_error(session_.get(), 0) == SSL_ERROR_ZERO_RETURN ? all : all + "!";
  }
  void finish() { SSL_shutdown(session_.get()); }
  SSL* session() { return session_.get(); }

 private:
  std::unique_ptr<SSL_CTX, TlsServer::Free> context_;
  TlsServer::Session session_;
};

std::string read_all(Socket& socket) {
  std::string text;
  error_code error;
  asio::read(socket, asio::dynamic_buffer(text), error);
  return text;
}

class TlsStreamTest : public testing::TestWithParam<int> {
 protected:
  TlsStreamTest() {
    std::signal(SIGPIPE, SIG_IGN);
    auto [stream, peer] = make_pair(io, wheel);
    client = std::move(stream);
    client_peer = std::make_unique<Socket>(std::move(peer));
    auto [other, other_peer] = make_pair(io, wheel);
    origin = std::move(other);
    origin_peer = std::make_unique<Socket>(std::move(other_peer));
    asio::co_spawn(io, wheel.run(), [](const std::exception_ptr&) {});
    std::string error;
    server = TlsServer::load(certificate.certificate, certificate.key, error);
    EXPECT_EQ(error, "");
  }

  Task<> serve(std::function<Task<>()> then) {
    client->arm(patience);
    handshake = co_await client->secure(*server);
    client->disarm();
    if (handshake == Io::ok && then) co_await then();
    client->close();
    wheel.stop();
  }

  Io run(const std::function<void()>& peer, std::function<Task<>()> then = {}) {
    asio::co_spawn(io, serve(std::move(then)), [](const std::exception_ptr&) {});
    auto done = std::async(std::launch::async, peer);
    io.run();
    done.get();
    return handshake;
  }

  Task<> relay_all() {
    relay.emplace(*client, *origin, scratch, wheel, std::chrono::seconds(20));
    Event ended(io.get_executor());
    relay->start([&](End how) {
      end = how;
      ended.set();
    });
    co_await ended.wait();
  }

  std::chrono::milliseconds patience{20'000};
  TestCertificate certificate;
  asio::io_context io;
  Wheel wheel{io.get_executor()};
  std::vector<char> scratch = std::vector<char>(64 * 1024);
  std::shared_ptr<const TlsServer> server;
  std::unique_ptr<Stream> client, origin;
  std::unique_ptr<Socket> client_peer, origin_peer;
  std::optional<Relay> relay;
  End end = End::error;
  Io handshake = Io::error;
};

TEST_P(TlsStreamTest, MegabytesBothWaysThroughCloseNotify) {
  const std::string up(5'000'000, 'u');
  const std::string down(7'000'000, 'd');
  std::string got_up;
  std::string got_down;
  const auto peers = [&] {
    TlsClient tls(*client_peer, GetParam());
    ASSERT_TRUE(tls.connect());
    auto at_origin = std::async(std::launch::async, [&] {
      got_up = read_all(*origin_peer);  // ends with the client's close_notify; the other way is still open
      asio::write(*origin_peer, asio::buffer(down));
      origin_peer->shutdown(Socket::shutdown_send);
    });
    tls.write(up);
    tls.finish();
    got_down = tls.read_all();
    at_origin.get();
  };
  EXPECT_EQ(run(peers, [this] { return relay_all(); }), Io::ok);
  EXPECT_EQ(end, End::client);
  EXPECT_TRUE(got_up == up);
  EXPECT_TRUE(got_down == down);
}
INSTANTIATE_TEST_SUITE_P(Versions, TlsStreamTest, testing::Values(TLS1_2_VERSION, TLS1_3_VERSION));

TEST_F(TlsStreamTest, AClosedOneSaysSo) {
  std::string got;
  Timer timer(io.get_executor(), std::chrono::milliseconds(50));
  const auto peer = [&] {
    TlsClient tls(*client_peer);
    ASSERT_TRUE(tls.connect());
    got = tls.read_all();
  };
  timer.async_wait([&](error_code) { relay->stop(End::bell); });
  EXPECT_EQ(run(peer, [this] { return relay_all(); }), Io::ok);
  EXPECT_EQ(end, End::bell);
  EXPECT_EQ(got, "");
}

TEST_F(TlsStreamTest, AResetOneDoesNot) {
  std::string got;
  const auto peer = [&] {
    TlsClient tls(*client_peer);
    ASSERT_TRUE(tls.connect());
    got = tls.read_all();
  };
  const auto reset = [this]() -> Task<> {
    client->reset();
    co_return;
  };
  EXPECT_EQ(run(peer, reset), Io::ok);
  EXPECT_EQ(got, "!");
}

TEST_F(TlsStreamTest, AClientThatGoesWithoutCloseNotifyEndsIt) {
  const auto peer = [&] {
    TlsClient tls(*client_peer);
    ASSERT_TRUE(tls.connect());
    tls.write("half a");
    client_peer->close();
    EXPECT_EQ(read_all(*origin_peer), "half a");
  };
  EXPECT_EQ(run(peer, [this] { return relay_all(); }), Io::ok);
  EXPECT_EQ(end, End::client);
}

TEST_F(TlsStreamTest, WhatIsNoTlsFails) {
  EXPECT_EQ(run([&] { asio::write(*client_peer, asio::buffer("GET http://allowed.test/ HTTP/1.1\r\n\r\n", 37)); }),
            Io::error);
}

TEST_F(TlsStreamTest, WhoSendsMuchAtOnceLeavesOthersTheirTurn) {
  run(
      [&] {
        TlsClient peer(*client_peer);
        ASSERT_TRUE(peer.connect());
        peer.write(std::string(10'000, 'x'));
      },
      [&]() -> Task<> {
        co_await client->fill(10);  // the rest of the record is here
        bool others = false;
        asio::post(io, [&others] { others = true; });
        co_await client->fill(10);
        EXPECT_TRUE(others);
      });
}

TEST_F(TlsStreamTest, ASilentClientIsNotWaitedFor) {
  patience = std::chrono::milliseconds(200);
  EXPECT_EQ(run([] {}), Io::timeout);
}

TEST_F(TlsStreamTest, Http11IsChosen) {
  std::string chosen;
  const auto peer = [&] {
    TlsClient tls(*client_peer);
    SSL_set_alpn_protos(tls.session(), reinterpret_cast<const unsigned char*>("\x02h2\x08http/1.1"), 12);
    ASSERT_TRUE(tls.connect());
    const unsigned char* name = nullptr;
    unsigned int size = 0;
    SSL_get0_alpn_selected(tls.session(), &name, &size);
    chosen.assign(reinterpret_cast<const char*>(name), size);
  };
  EXPECT_EQ(run(peer), Io::ok);
  EXPECT_EQ(chosen, "http/1.1");
}

TEST_F(TlsStreamTest, ACertificateMustFitItsKey) {
  const TestCertificate other;
  std::string error;
  EXPECT_EQ(TlsServer::load(certificate.certificate, other.key, error), nullptr);
  EXPECT_EQ(error, other.key.string() + ": key values mismatch");
  EXPECT_EQ(TlsServer::load("/nowhere.crt", other.key, error), nullptr);
  EXPECT_EQ(error, "/nowhere.crt: No such file or directory");
}

}  // namespace
}  // namespace breakwater::net
