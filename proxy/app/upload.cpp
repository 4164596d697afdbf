#include "proxy/app/upload.h"

#include <algorithm>

#include "proxy/http/chunked.h"

namespace breakwater::app {
namespace {

constexpr std::size_t kRead = 64 * 1024;

}  // namespace

Upload::Upload(net::Executor executor, net::Stream& client, net::Stream& origin, http::Body body, Limits limits)
    : executor_(executor), client_(client), origin_(origin), body_(body), limits_(limits), done_(executor) {}

void Upload::start() {
  if (body_.kind == http::BodyKind::none) return;
  state_ = State::running;
  net::asio::co_spawn(executor_, run(), [this](const std::exception_ptr&) { done_.set(); });
}

net::Task<> Upload::stop() {
  if (body_.kind == http::BodyKind::none) co_return;
  if (state_ == State::running) {
    stopping_ = true;
    net::error_code ignored;
    client_.socket().cancel(ignored);
    origin_.socket().cancel(ignored);
  }
  co_await done_.wait();
}

net::Task<> Upload::run() {
  const auto state = body_.kind == http::BodyKind::chunked ? co_await send_chunked() : co_await send_length();
  // A body that ends early must not look complete to the origin.
  if (state != State::complete && state != State::origin_gone) origin_.close();
  state_ = state;
}

/// `running` where there is more to send.
net::Task<Upload::State> Upload::receive_more() {
  if (stopping_) co_return State::client_gone;
  client_.arm(limits_.stall);
  origin_.arm(limits_.stall + limits_.origin);  // it waits for the client as well
  const auto io = co_await client_.fill(kRead);
  if (io == net::Io::ok) co_return State::running;
  co_return io == net::Io::timeout ? State::client_silent : State::client_gone;
}

net::Task<Upload::State> Upload::send_length() {
  auto left = body_.length;
  for (;;) {
    const auto most = static_cast<std::size_t>(std::min<std::uint64_t>(left, client_.in().size()));
    if (most != 0) {
      origin_.arm(limits_.origin);
      if (co_await origin_.write(client_.received_text().substr(0, most)) != net::Io::ok) co_return State::origin_gone;
      left -= most;
      bytes_ += most;
      client_.in().consume(most);
    }
    if (left == 0) co_return State::complete;
    if (const auto state = co_await receive_more(); state != State::running) co_return state;
  }
}

/// Decoded and encoded again, so that nothing odd in the client's framing reaches the origin.
net::Task<Upload::State> Upload::send_chunked() {
  http::ChunkedDecoder decoder;
  std::string line;
  std::string tail;
  for (;;) {
    const auto step = decoder.decode(client_.received_bytes());
    if (step.status == http::ChunkStatus::malformed || step.status == http::ChunkStatus::too_large)
      co_return State::malformed;
    const bool last = step.status == http::ChunkStatus::done;
    line.clear();
    tail.clear();
    if (step.payload != 0) {
      http::append_chunk_size(line, step.payload);
      tail = "\r\n";
    }
    if (last) tail += "0\r\n" + decoder.trailers() + "\r\n";
    if (!tail.empty()) {
      origin_.arm(limits_.origin);
      const auto payload = client_.received_text().substr(0, step.payload);
      if (co_await origin_.write(line, payload, tail) != net::Io::ok) co_return State::origin_gone;
    }
    bytes_ += step.consumed;
    client_.in().consume(step.consumed);
    if (last) co_return State::complete;
    if (const auto state = co_await receive_more(); state != State::running) co_return state;
  }
}

}  // namespace breakwater::app
