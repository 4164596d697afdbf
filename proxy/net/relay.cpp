#include "proxy/net/relay.h"

#include "proxy/net/event.h"

namespace breakwater::net {

std::string_view to_string(End end) {
  switch (end) {
    case End::client:
      return "client";
    case End::origin:
      return "origin";
    case End::idle:
      return "idle";
    case End::bell:
      return "bell";
    case End::reload:
      return "reload";
    case End::pass:
      return "pass";
    case End::quota:
      return "quota";
    case End::identity:
      return "identity";
    case End::shutdown:
      return "shutdown";
    case End::error:
      return "error";
  }
  return "error";
}

Relay::Relay(Stream& client, Stream& origin, std::vector<char>& scratch, Wheel& wheel, std::chrono::milliseconds idle)
    : client_(client), origin_(origin), scratch_(scratch), idle_limit_(idle), idle_(wheel, [this] {
        stop(End::idle);
      }) {}

void Relay::stop(End cause) {
  if (!ended_) end_ = cause;
  ended_ = true;
  client_.close();
  origin_.close();
}

Task<End> Relay::run() {
  client_.disarm();
  origin_.disarm();
  error_code ignored;
  client_.socket().non_blocking(true, ignored);
  origin_.socket().non_blocking(true, ignored);
  idle_.expires_after(idle_limit_);
  Event downward_done(client_.socket().get_executor());
  asio::co_spawn(client_.socket().get_executor(), pump(origin_, client_, bytes_down_, End::origin),
                 [&](const std::exception_ptr&) { downward_done.set(); });
  co_await pump(client_, origin_, bytes_up_, End::client);
  co_await downward_done.wait();
  co_return end_;
}

/// One direction. The first side to finish names the end; a clean finish lets the other direction go on.
Task<> Relay::pump(Stream& from, Stream& to, std::uint64_t& count, End source) {
  if (from.in().size() != 0) {
    const std::size_t size = from.in().size();
    if (co_await to.write(from.received_text()) != Io::ok) {
      stop(End::error);
      co_return;
    }
    count += size;
    from.in().clear();
  }
  from.in().shrink_to_fit();
  while (!ended_) {
    const auto [size, error] = from.receive_now(scratch_);
    if (size != 0) {
      idle_.expires_after(idle_limit_);
      count += size;
      if (!co_await send(to, size)) {
        stop(source == End::client ? End::origin : End::client);
        co_return;
      }
      continue;
    }
    if (error == asio::error::would_block || error == asio::error::interrupted) {
      const auto [waited] = co_await from.socket().async_wait(from.receive_waits_for(), use_task);
      if (waited && !ended_) stop(source);
      continue;
    }
    if (error == asio::error::eof) {
      if (!ended_ && end_ == End::error) end_ = source;
      co_await to.finish();
      co_return;
    }
    stop(source);
  }
}

/// Sends the front of the shared buffer; what the peer does not take at once is copied out of it before anything else
/// may run.
Task<bool> Relay::send(Stream& to, std::size_t size) {
  const auto [sent, error] = to.send_now({scratch_.data(), size});
  if (sent == size) co_return true;
  if (error && error != asio::error::would_block) co_return false;
  const auto rest = scratch_.begin() + static_cast<std::ptrdiff_t>(sent);
  const std::vector<char> pending(rest, scratch_.begin() + static_cast<std::ptrdiff_t>(size));
  co_return co_await to.write({pending.data(), pending.size()}) == Io::ok;
}

}  // namespace breakwater::net
