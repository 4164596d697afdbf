#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "bench/e2e/failure.h"
#include "bench/e2e/options.h"
#include "bench/e2e/response_reader.h"

namespace breakwater::bench {

/// One request and its answer, or one tunnel: what to send and whether what comes back is right. No sockets, no clock.
class Exchange {
 public:
  enum class Step {
    more,       ///< send what is unsent(), then wait for bytes
    done,       ///< the whole answer came and was right
    streaming,  ///< bulk: from here on the bytes have no form
    failed,     ///< failure() says why
  };

  /// `options` must outlive the exchange.
  explicit Exchange(const LoadOptions& options) : options_(&options) {}

  void begin(std::string_view host);

  std::string_view unsent() const { return std::string_view(output_).substr(sent_); }
  void sent(std::size_t count) { sent_ += count; }

  Step feed(std::string_view bytes);
  Step end_of_stream();

  Failure failure() const { return failure_; }

  /// After done: may the connection carry the next exchange?
  bool keeps_connection() const;

 private:
  enum class State { response, tunnel_response, answer };

  Step fail(Failure failure);
  Step feed_response(std::string_view bytes);
  Step feed_tunnel_response(std::string_view bytes);
  Step feed_answer(std::string_view bytes);
  Step judge_response();
  void send(std::string bytes);

  const LoadOptions* options_;
  State state_ = State::response;
  ResponseReader reader_;
  std::string host_;
  std::string output_;
  std::size_t sent_ = 0;
  std::size_t answered_ = 0;
  Failure failure_ = Failure::malformed;
};

}  // namespace breakwater::bench
