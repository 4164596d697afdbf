#include "proxy/net/original_destination.h"

#include <gtest/gtest.h>

#include "proxy/net/connector.h"
#include "proxy/net/listener.h"

namespace breakwater::net {
namespace {

/// What is redirected takes a network: tests/integration/test_intercepted.py.
TEST(OriginalDestination, OfAConnectionThatWasMadeHereIsHere) {
  asio::io_context io;
  for (const auto* address : {"127.0.0.1:0", "[::1]:0"}) {
    error_code error;
    auto acceptor = open_acceptor(io.get_executor(), *parse_endpoint(address), ListenFor::itself, error);
    ASSERT_FALSE(error) << error.message();
    Socket client(io.get_executor());
    client.connect(acceptor.local_endpoint(), error);
    ASSERT_FALSE(error) << error.message();
    Socket accepted(io.get_executor());
    acceptor.accept(accepted, error);
    ASSERT_FALSE(error) << error.message();
    for (const auto by : {Redirection::redirect, Redirection::tproxy})
      EXPECT_EQ(original_destination(accepted, by), acceptor.local_endpoint()) << address;
  }
}

}  // namespace
}  // namespace breakwater::net
