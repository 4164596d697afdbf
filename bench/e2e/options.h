#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "bench/e2e/loopback.h"
#include "bench/e2e/tls_bytes.h"

namespace breakwater::bench {

enum class Mode {
  get,      ///< keep-alive GET, the next one when the last is answered
  get_new,  ///< a connection for each GET
  connect,  ///< CONNECT, ClientHello, the origin's first bytes, close
  bulk,     ///< CONNECT, ClientHello, then a stream for the whole duration
  blocked,  ///< keep-alive GET that is to be refused with 403
};
enum class Route {
  proxy,   ///< absolute-form GET, CONNECT before the hello
  direct,  ///< origin-form GET, the hello at once: to an origin, or to a proxy that passes TLS on by its SNI
};
enum class Order { random, round_robin };
enum class Sources { one, spread };
enum class Format { text, json };

/// What the client side does. Bounded: see options.cpp.
struct LoadOptions {
  Mode mode = Mode::get;
  Route route = Route::proxy;
  std::optional<LoopbackEndpoint> target;  ///< always set once parsed
  std::vector<std::string> hosts;          ///< never empty once parsed
  std::uint16_t port = 0;                  ///< of the origin, as named in URL and CONNECT; 0: the default of the scheme
  Order order = Order::random;
  std::uint64_t seed = 1;
  Sources sources = Sources::one;
  std::size_t connections = 64;
  /// Exchanges begun a second, whether earlier ones are answered or not; each counts from when it was due. 0: a closed
  /// loop.
  std::uint32_t rate = 0;
  std::uint64_t requests = 0;  ///< answered, then it ends before its time; 0: as many as there is time for
  std::chrono::milliseconds duration{3000};  ///< measured, after the warm-up
  std::chrono::milliseconds warmup{500};
  std::chrono::milliseconds timeout{5000};  ///< for one whole exchange
  int expect_status = 200;
  std::optional<std::uint64_t> expect_body;  ///< bytes; unset: any whole body
  Direction direction = Direction::down;
  Format format = Format::text;
};

struct OriginOptions {
  std::uint16_t port = 0;  ///< 0: the kernel chooses
  std::size_t body = 1024;
  unsigned threads = 1;
};

struct Help {};
struct UsageError {
  std::string message;
};

/// The command line as one of the things to do. Reads the hosts file; never throws for what the user wrote.
std::variant<LoadOptions, OriginOptions, Help, UsageError> parse_options(int argc, char** argv);

std::string usage();

}  // namespace breakwater::bench
