#include "proxy/dns/resolver.h"

#include <functional>
#include <thread>

#include <boost/asio/ip/udp.hpp>
#include <gtest/gtest.h>

#include "proxy/net/listener.h"

namespace breakwater::dns {
namespace {

namespace asio = net::asio;
using asio::ip::udp;
using std::chrono::milliseconds;

constexpr unsigned kTypeA = 1;

/// A DNS server on loopback (RFC 1035 4) with one IPv4 answer for every name but "missing.test" and "silent.test".
class Server {
 public:
  Server() : socket_(io_, udp::endpoint(asio::ip::address_v4::loopback(), 0)), thread_([this] { serve(); }) {}
  ~Server() {
    udp::socket waker(io_, udp::v4());
    stop_ = true;
    waker.send_to(asio::buffer("", 1), socket_.local_endpoint());
    thread_.join();
  }
  std::string address() const { return "127.0.0.1:" + std::to_string(socket_.local_endpoint().port()); }
  int questions() const { return questions_; }

 private:
  void serve() {
    std::array<unsigned char, 512> packet{};
    for (;;) {
      udp::endpoint peer;
      const auto size = socket_.receive_from(asio::buffer(packet), peer);
      if (stop_) return;
      if (size > 12) answer({packet.begin(), packet.begin() + static_cast<std::ptrdiff_t>(size)}, peer);
    }
  }

  void answer(std::vector<unsigned char> message, const udp::endpoint& peer) {
    std::string name;
    std::size_t at = 12;
    while (message[at] != 0) {
      name.append(message.begin() + static_cast<std::ptrdiff_t>(at) + 1,
                  message.begin() + static_cast<std::ptrdiff_t>(at) + 1 + message[at]);
      name += '.';
      at += message[at] + 1u;
    }
    const unsigned type = message[at + 1] * 256u + message[at + 2];
    ++questions_;
    if (name == "silent.test.") return;
    message.resize(at + 5);  // the question alone
    message[2] = 0x81;
    message[3] = name == "missing.test." ? 0x83 : 0x80;
    for (std::size_t i = 6; i < 12; ++i)
      message[i] = 0;
    if (type == kTypeA && name != "missing.test.") {
      message[7] = 1;
      for (const int byte : {0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 7})
        message.push_back(static_cast<unsigned char>(byte));
    }
    socket_.send_to(asio::buffer(message), peer);
  }

  asio::io_context io_;
  udp::socket socket_;
  std::atomic<bool> stop_{false};
  std::atomic<int> questions_{0};
  std::thread thread_;
};

class ResolverTest : public testing::Test {
 protected:
  std::vector<Resolved> resolve(const std::vector<std::string>& names,
                                std::shared_ptr<const HostsFile> hosts = nullptr) {
    ResolverOptions options;
    options.servers = {server.address()};
    options.timeout = milliseconds(300);
    asio::io_context io(1);
    Resolver resolver(io.get_executor(), options, std::move(hosts));
    std::vector<Resolved> results(names.size());
    for (std::size_t i = 0; i < names.size(); ++i)
      asio::co_spawn(io, resolver.resolve(names[i]),
                     [&results, i](const std::exception_ptr&, Resolved resolved) { results[i] = std::move(resolved); });
    io.run_for(std::chrono::seconds(10));
    return results;
  }

  Server server;
};

TEST_F(ResolverTest, AnswersFromTheServer) {
  const auto results = resolve({"www.test"});
  ASSERT_EQ(results[0].status, ResolveStatus::ok);
  ASSERT_EQ(results[0].addresses.size(), 1u);
  EXPECT_EQ(results[0].addresses[0].to_string(), "192.0.2.7");
}

TEST_F(ResolverTest, ManyWhoAskForOneNameShareOneQuestion) {
  const auto results = resolve(std::vector<std::string>(50, "www.test"));
  for (const auto& result : results)
    EXPECT_EQ(result.status, ResolveStatus::ok);
  EXPECT_EQ(server.questions(), 2);  // A and AAAA
}

TEST_F(ResolverTest, ToldApart) {
  const auto results = resolve({"missing.test", "silent.test"});
  EXPECT_EQ(results[0].status, ResolveStatus::no_such_name);
  EXPECT_EQ(results[1].status, ResolveStatus::timeout);
}

TEST_F(ResolverTest, FixedNamesWinAndAskNobody) {
  categories::Diagnostics diagnostics;
  auto hosts = std::make_shared<const HostsFile>(HostsFile::parse("192.0.2.99 www.test", "hosts", diagnostics));
  const auto results = resolve({"www.test"}, std::move(hosts));
  ASSERT_EQ(results[0].addresses.size(), 1u);
  EXPECT_EQ(results[0].addresses[0].to_string(), "192.0.2.99");
  EXPECT_EQ(server.questions(), 0);
}

TEST(ResolverServers, AreLiteralAddresses) {
  EXPECT_TRUE(Resolver::valid_server("192.0.2.1"));
  EXPECT_TRUE(Resolver::valid_server("[2001:db8::1]:53"));
  EXPECT_TRUE(Resolver::valid_server("2001:db8::1"));
  EXPECT_FALSE(Resolver::valid_server("dns.test"));
  EXPECT_FALSE(Resolver::valid_server("192.0.2.1:99999"));
}

}  // namespace
}  // namespace breakwater::dns
