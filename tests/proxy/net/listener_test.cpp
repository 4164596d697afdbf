#include "proxy/net/listener.h"

#include <gtest/gtest.h>

namespace breakwater::net {
namespace {

TEST(ParseEndpoint, TakesLiteralAddressesWithAPort) {
  for (const auto* text : {"127.0.0.1:3128", "0.0.0.0:0", "[::1]:65535", "[::]:80"}) {
    const auto endpoint = parse_endpoint(text);
    ASSERT_TRUE(endpoint) << text;
    EXPECT_EQ(to_string(*endpoint), text);
  }
}

TEST(ParseEndpoint, RefusesEverythingElse) {
  for (const auto* text : {"", ":", "127.0.0.1", "127.0.0.1:", ":80", "localhost:80", "127.0.0.1:65536", "127.0.0.1:-1",
                           "127.0.0.1:8x", "::1:80", "[::1]", "[::1]80", "[]:80", "127.0.0.1: 80", "127.1:80"})
    EXPECT_FALSE(parse_endpoint(text)) << text;
}

TEST(OpenAcceptor, TwoQueuesShareAPort) {
  asio::io_context io;
  error_code error;
  const auto first = open_acceptor(io.get_executor(), *parse_endpoint("127.0.0.1:0"), ListenFor::itself, error);
  ASSERT_FALSE(error);
  const auto second = open_acceptor(io.get_executor(), first.local_endpoint(), ListenFor::itself, error);
  EXPECT_FALSE(error) << error.message();
  EXPECT_EQ(first.local_endpoint(), second.local_endpoint());
}

}  // namespace
}  // namespace breakwater::net
