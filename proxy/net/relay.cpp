#include "proxy/net/relay.h"

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
    : scratch_(scratch),
      idle_limit_(idle),
      idle_(wheel, [this] { stop(End::idle); }),
      up_{client, origin, End::client, End::origin},
      down_{origin, client, End::origin, End::client} {}

void Relay::stop(End cause) {
  if (!ended_) end_ = cause;
  ended_ = true;
  up_.from.close();
  down_.from.close();
}

void Relay::start(std::function<void(End)> on_end) {
  on_end_ = std::move(on_end);
  up_.from.disarm();
  down_.from.disarm();
  idle_.expires_after(idle_limit_);
  begin(up_);
  begin(down_);
}

void Relay::begin(Way& way) {
  auto& in = way.from.in();
  bool goes_on = true;
  if (in.size() != 0 && !ended_) {
    way.moved += in.size();
    goes_on = send(way, way.from.received_text());
    in.clear();
  }
  in.shrink_to_fit();
  if (!goes_on) return;
  if (way.from.is_secure() || ended_) return pump(way);  // TLS may hold what no socket tells of
  wait(way, way.from, Socket::wait_read);
}

/// After a wait.
void Relay::resume(Way& way) {
  if (!ended_) way.taken += offer(way, std::string_view{way.held.data(), way.held.size()}.substr(way.taken));
  if (!ended_ && way.taken < way.held.size()) return wait(way, way.to, way.to.send_waits_for());
  way.held = std::vector<char>{};
  way.taken = 0;
  pump(way);
}

/// Moves what moves without waiting. The first side to finish names the end; a clean finish lets the other way go on.
void Relay::pump(Way& way) {
  while (!ended_) {
    const auto [size, error] = way.from.receive_now(scratch_);
    if (size != 0) {
      idle_.expires_after(idle_limit_);
      way.moved += size;
      if (!send(way, {scratch_.data(), size})) return;
    }
    if (ended_) break;
    if (error == asio::error::would_block) return wait(way, way.from, way.from.receive_waits_for());
    if (error == asio::error::eof) {
      if (end_ == End::error) end_ = way.source;
      return finish(way);
    }
    if (error) stop(way.source);
  }
  end(way);
}

/// How much of it was taken.
std::size_t Relay::offer(Way& way, std::string_view bytes) {
  if (bytes.empty()) return 0;
  const auto [sent, error] = way.to.send_now(bytes);
  if (sent < bytes.size() && error && error != asio::error::would_block) stop(way.sink);
  return sent;
}

/// False: it waits until the rest is taken, which is copied out of the shared buffer before anything else may run.
bool Relay::send(Way& way, std::string_view bytes) {
  bytes.remove_prefix(offer(way, bytes));
  if (bytes.empty() || ended_) return true;
  way.held.assign(bytes.begin(), bytes.end());
  wait(way, way.to, way.to.send_waits_for());
  return false;
}

/// Passes the end on.
void Relay::finish(Way& way) {
  if (way.to.finish_now() != asio::error::would_block) return end(way);
  way.to.socket().async_wait(way.to.send_waits_for(),
                             [this, &way](error_code error) { return error ? end(way) : finish(way); });
}

void Relay::end(Way& way) {
  way.open = false;
  if (!up_.open && !down_.open)
    asio::post(way.from.socket().get_executor(), [on_end = std::move(on_end_), end = end_] { on_end(end); });
}

void Relay::wait(Way& way, Stream& side, Socket::wait_type what) {
  side.socket().async_wait(what, [this, &way, &side](error_code error) {
    if (error && !ended_) stop(&side == &way.from ? way.source : way.sink);
    resume(way);
  });
}

}  // namespace breakwater::net
