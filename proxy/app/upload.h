#pragma once

#include <string_view>

#include "proxy/http/head.h"
#include "proxy/net/event.h"
#include "proxy/net/stream.h"

namespace breakwater::app {

/// The body of a request on its way to the origin, beside the response that may already be coming. Joined by stop()
/// before it goes.
class Upload {
 public:
  struct Limits {
    std::chrono::milliseconds stall;   ///< for the client's next bytes
    std::chrono::milliseconds origin;  ///< for the origin, counted from the last bytes it was sent
  };

  Upload(net::Executor executor, net::Stream& client, net::Stream& origin, http::Body body, Limits limits);

  /// Begins to send what is left of the body; does nothing where there is none.
  void start();
  /// Interrupts what is under way and waits for its end.
  net::Task<> stop();

  enum class State : std::uint8_t {
    running,
    complete,
    // The body did not end; the origin's connection is closed then.
    client_gone,
    client_silent,
    malformed,    ///< the chunked body is
    origin_gone,  ///< it takes no more; its answer may still be there to read
  };
  State state() const { return state_; }
  std::uint64_t bytes() const { return bytes_; }  ///< taken from the client

 private:
  net::Task<> run();
  net::Task<State> send_length();
  net::Task<State> send_chunked();
  net::Task<State> receive_more();

  net::Executor executor_;
  net::Stream& client_;
  net::Stream& origin_;
  http::Body body_;
  Limits limits_;
  net::Event done_;
  State state_ = State::complete;
  bool stopping_ = false;
  std::uint64_t bytes_ = 0;
};

}  // namespace breakwater::app
