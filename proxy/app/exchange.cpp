// One HTTP request relayed: request and response stream at once, each only as fast as its receiver takes it.

#include "proxy/app/session.h"
#include "proxy/app/upload.h"
#include "proxy/app/worker.h"
#include "proxy/http/chunked.h"

namespace breakwater::app {
namespace {

constexpr std::size_t kReadHead = 16 * 1024;
constexpr std::size_t kReadBody = 64 * 1024;
constexpr int kInterimMost = 16;  ///< 1xx responses before the final one

}  // namespace

/// How one try at an exchange ended.
struct Session::Outcome {
  enum class Kind : std::uint8_t { relayed, unanswered, failed } kind;
  Next next = Next::close;                                      ///< where relayed
  http::Persistence upstream = http::Persistence::close;        ///< may the origin's connection be used again?
  Answer failure{502, "origin", {}, http::Persistence::close};  ///< where nothing was sent to the client yet
};

net::Task<Session::Next> Session::exchange(const http::RequestHead& head) {
  std::string request;
  http::append_upstream_head(request, head);
  client_.in().consume(head.size);
  std::string origin(tx_.host->text());
  origin += ':';
  origin += std::to_string(tx_.port);
  if (!tx_.dialled.empty()) origin.append("/").append(tx_.dialled);

  // A body that is already here goes out with the head.
  auto body = request_.body;
  if (body.kind == http::BodyKind::length && body.length <= client_.in().size()) {
    const auto size = static_cast<std::size_t>(body.length);
    request += client_.received_text().substr(0, size);
    client_.in().consume(size);
    tx_.bytes_up += size;
    body = {};
  }
  // A kept-alive connection may die just as it is used. What may be sent twice takes one; the rest gets a fresh
  // connection.
  const bool repeatable = body.kind == http::BodyKind::none && http::is_idempotent(tx_.method) &&
                          request_.upgrade == Request::Upgrade::none && request_.upstream == Request::Upstream::pooled;
  const auto generation = worker_.pool().generation();
  auto upstream = repeatable ? worker_.pool().take(origin) : nullptr;
  for (;;) {
    const bool reused = upstream != nullptr;
    if (!upstream) {
      auto dialled = co_await dial();
      if (!dialled.stream) co_return co_await refuse_dial(dialled);
      upstream = std::move(dialled.stream);
    }
    origin_ = upstream.get();
    rejudge_if_stale();
    const auto outcome = co_await try_exchange(*upstream, request, body);
    origin_ = nullptr;
    if (!tx_.end.empty() && outcome.kind != Outcome::Kind::relayed) {  // a bell or a reload has ended it
      log();
      co_return Next::closed;
    }
    if (outcome.kind == Outcome::Kind::relayed) {
      if (outcome.next == Next::tunnel)
        tunnel_to_ = std::move(upstream);
      else if (outcome.upstream == http::Persistence::keep_alive && request_.upstream == Request::Upstream::pooled)
        worker_.pool().put(origin, std::move(upstream), generation);
      co_return outcome.next;
    }
    upstream.reset();
    if (outcome.kind == Outcome::Kind::unanswered && reused) continue;
    request_.body = body;
    tx_.detail = outcome.failure.detail;
    if (outcome.failure.status < 500)
      tx_.verdict = tx_.engine->refuse(rules::Reason::malformed, subject_, worker_.services().clock.seconds());
    co_return co_await answer(outcome.failure);
  }
}

net::Task<Session::Next> Session::refuse_dial(const Dialled& dialled) {
  if (dialled.status == 403) {
    tx_.verdict = tx_.engine->refuse(rules::Reason::private_destination, subject_, worker_.services().clock.seconds());
    co_return co_await refuse(403);
  }
  co_return co_await answer({dialled.status, dialled.reason, tx_.detail, request_.persistence});
}

net::Task<Session::Outcome> Session::try_exchange(net::Stream& upstream, const std::string& request, http::Body body) {
  Outcome outcome{Outcome::Kind::failed};
  const auto& settings = worker_.settings();
  const auto before = upstream.bytes_in();
  upstream.arm(settings.origin);
  if (co_await upstream.write(request) != net::Io::ok) {
    outcome.kind = Outcome::Kind::unanswered;
    outcome.failure.detail = "the site closed the connection";
    co_return outcome;
  }
  Upload upload(worker_.executor(), client_, upstream, body, {settings.stall, settings.origin});
  upload_ = &upload;
  upload.start();
  http::ResponseHead head;
  const auto received = co_await receive_response(upstream, head);
  if (received == Received::head) {
    worker_.timings().add(telemetry::Timed::first_byte, Transaction::Steady::now() - tx_.began);
    outcome = co_await relay_response(upstream, head, upload);
    co_await upload.stop();
  } else {
    const auto sent = upload.state();
    co_await upload.stop();
    if (sent == Upload::State::malformed) {
      outcome.failure = {400, "malformed", "the chunked body is malformed", http::Persistence::close};
    } else if (sent == Upload::State::client_gone) {
      outcome.failure = {400, "malformed", "the request broke off", http::Persistence::close};
    } else if (sent == Upload::State::client_silent) {
      worker_.count().add(telemetry::Counter::deadline_hits);
      outcome.failure = {408, "malformed", "the request did not end in time", http::Persistence::close};
    } else if (received == Received::timeout) {
      worker_.count().add(telemetry::Counter::deadline_hits);
      outcome.failure = {504, "timeout", "the site did not answer in time", http::Persistence::close};
    } else if (received == Received::malformed) {
      outcome.failure.detail = "the site's answer is malformed";
    } else {
      if (upstream.bytes_in() == before) outcome.kind = Outcome::Kind::unanswered;
      outcome.failure.detail = "the site closed the connection without an answer";
    }
  }
  tx_.bytes_up += upload.bytes();
  upload_ = nullptr;
  if (outcome.kind == Outcome::Kind::relayed && outcome.next != Next::tunnel) log();
  co_return outcome;
}

/// Reads up to the final response head, passing interim ones on (RFC 9110 15.2).
net::Task<Session::Received> Session::receive_response(net::Stream& upstream, http::ResponseHead& head) {
  const http::HeadLimits limits{worker_.settings().head_bytes, worker_.settings().head_fields};
  int interim = 0;
  for (;;) {
    http::HeadError error{};
    const auto status = http::parse_response_head(upstream.received_text(), limits, tx_.method, head, error);
    if (status == http::HeadStatus::error) co_return Received::malformed;
    if (status == http::HeadStatus::need_more) {
      const auto io = co_await upstream.fill(kReadHead);
      if (io == net::Io::ok) continue;
      co_return io == net::Io::timeout ? Received::timeout : Received::nothing;
    }
    const bool upgraded = head.status == 101;
    if (upgraded && request_.upgrade == Request::Upgrade::none) co_return Received::malformed;
    if (upgraded || head.status >= 200) co_return Received::head;
    if (++interim > kInterimMost) co_return Received::malformed;
    if (request_.version == http::Version::http_1_1) {
      out_.clear();
      http::append_client_head(out_, head, request_.version, http::Persistence::keep_alive);
      if (!co_await send()) co_return Received::nothing;
    }
    upstream.in().consume(head.size);
  }
}

net::Task<Session::Outcome> Session::relay_response(net::Stream& upstream, const http::ResponseHead& head,
                                                    Upload& upload) {
  Outcome outcome{Outcome::Kind::relayed};
  const bool delimited = head.body.kind != http::BodyKind::until_close &&
                         (head.body.kind != http::BodyKind::chunked || request_.version == http::Version::http_1_1);
  auto persistence = request_.persistence;
  if (!delimited || worker_.draining() || upload.state() != Upload::State::complete)
    persistence = http::Persistence::close;
  tx_.status = head.status;
  out_.clear();
  http::append_client_head(out_, head, request_.version, persistence);
  const auto body = head.body;
  const auto upstream_persistence = head.persistence;
  upstream.in().consume(head.size);

  if (tx_.status == 101) {
    outcome.next = Next::closed;
    if (co_await send()) outcome.next = Next::tunnel;
    co_return outcome;
  }
  if (!co_await relay_body(upstream, body)) {
    if (!out_.empty()) {  // not even the head was sent
      outcome.kind = Outcome::Kind::failed;
      outcome.failure.detail = tx_.detail;
      co_return outcome;
    }
    client_.reset();  // the end of a body cut short must not look like its end
    outcome.next = Next::closed;
    co_return outcome;
  }
  const bool ended = upload.state() == Upload::State::complete;
  outcome.next = persistence == http::Persistence::keep_alive && ended ? Next::again : Next::close;
  if (ended && body.kind != http::BodyKind::until_close) outcome.upstream = upstream_persistence;
  co_return outcome;
}

/// Sends what stands in out_ and then up to two pieces more.
net::Task<bool> Session::send(std::string_view piece, std::string_view tail) {
  client_.arm(worker_.settings().stall);
  const auto before = client_.bytes_out();
  const auto io = co_await client_.write(out_, piece, tail);
  if (io == net::Io::timeout) {
    worker_.count().add(telemetry::Counter::deadline_hits);
    tx_.detail = "the client took no more";
  }
  tx_.bytes_down += client_.bytes_out() - before;
  out_.clear();
  co_return io == net::Io::ok;
}

net::Task<net::Io> Session::receive_body(net::Stream& upstream) {
  upstream.arm(worker_.settings().stall);
  const auto io = co_await upstream.fill(kReadBody);
  if (io == net::Io::timeout) worker_.count().add(telemetry::Counter::deadline_hits);
  if (io != net::Io::ok) tx_.detail = "the site's answer broke off";
  co_return io;
}

/// True where all of it was sent. out_ holds the head, which goes out with the first bytes.
net::Task<bool> Session::relay_body(net::Stream& upstream, http::Body body) {
  switch (body.kind) {
    case http::BodyKind::none:
      co_return co_await send();
    case http::BodyKind::length:
      co_return co_await relay_length(upstream, body.length);
    case http::BodyKind::chunked:
      co_return co_await relay_chunked(upstream);
    case http::BodyKind::until_close:
      co_return co_await relay_until_close(upstream);
  }
  co_return false;
}

net::Task<bool> Session::relay_length(net::Stream& upstream, std::uint64_t left) {
  for (;;) {
    const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(left, upstream.in().size()));
    if (size != 0 || !out_.empty()) {
      if (!co_await send(upstream.received_text().substr(0, size))) co_return false;
      upstream.in().consume(size);
      left -= size;
    }
    if (left == 0) co_return true;
    if (co_await receive_body(upstream) != net::Io::ok) co_return false;
  }
}

net::Task<bool> Session::relay_chunked(net::Stream& upstream) {
  http::ChunkedDecoder decoder;
  const bool encode = request_.version == http::Version::http_1_1;
  std::string tail;
  for (;;) {
    const auto step = decoder.decode(upstream.received_bytes());
    if (step.status == http::ChunkStatus::malformed || step.status == http::ChunkStatus::too_large) {
      tx_.detail = "the site's answer is malformed";
      co_return false;
    }
    const bool last = step.status == http::ChunkStatus::done;
    tail.clear();
    if (encode && step.payload != 0) {
      http::append_chunk_size(out_, step.payload);
      tail = "\r\n";
    }
    if (encode && last) tail += "0\r\n" + decoder.trailers() + "\r\n";
    if (!out_.empty() || step.payload != 0 || !tail.empty())
      if (!co_await send(upstream.received_text().substr(0, step.payload), tail)) co_return false;
    upstream.in().consume(step.consumed);
    if (last) co_return true;
    if (co_await receive_body(upstream) != net::Io::ok) co_return false;
  }
}

net::Task<bool> Session::relay_until_close(net::Stream& upstream) {
  for (;;) {
    if (!co_await send(upstream.received_text())) co_return false;
    upstream.in().clear();
    const auto io = co_await receive_body(upstream);
    if (io == net::Io::eof) {
      tx_.detail = {};
      co_return true;
    }
    if (io != net::Io::ok) co_return false;
  }
}

}  // namespace breakwater::app
