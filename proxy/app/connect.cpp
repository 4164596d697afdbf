// CONNECT: authority judged, origin dialled, ClientHello read and judged, then a tunnel. Nothing reaches the origin
// before the hello is judged.

#include "proxy/app/session.h"
#include "proxy/app/worker.h"
#include "proxy/circumvention/first_words.h"
#include "proxy/circumvention/tor_hello.h"

namespace breakwater::app {
namespace {

constexpr std::string_view kEstablished = "HTTP/1.1 200 Connection established\r\n\r\n";
constexpr std::size_t kReadHello = 4 * 1024;
constexpr std::uint16_t kFirstRecord = 0x0301;  ///< of an alert that answers no record (RFC 8446 5.1)

telemetry::Counter counter_of(tls::HelloStatus status) {
  switch (status) {
    case tls::HelloStatus::done:
      return telemetry::Counter::hello_done;
    case tls::HelloStatus::need_more:
      return telemetry::Counter::hello_need_more;
    case tls::HelloStatus::not_tls:
      return telemetry::Counter::hello_not_tls;
    case tls::HelloStatus::malformed:
      return telemetry::Counter::hello_malformed;
    case tls::HelloStatus::too_large:
      return telemetry::Counter::hello_too_large;
  }
  return telemetry::Counter::hello_malformed;
}

}  // namespace

net::Task<Session::Next> Session::connect(const http::RequestHead& head) {
  client_.in().consume(head.size);
  Dialled dialled;
  if (!mark_) {
    dialled = co_await dial();
    if (!dialled.stream) co_return co_await refuse_dial(dialled);
  }
  origin_ = dialled.stream.get();
  tx_.status = 200;
  client_.arm(worker_.settings().stall);
  if (co_await client_.write(kEstablished) == net::Io::ok) {
    tx_.bytes_down = kEstablished.size();
    tls::ClientHello hello;
    const auto status = co_await receive_hello(hello);
    if (const bool opens = co_await judge_hello(status, hello); opens && mark_) {
      tx_.detail = "self-test";
    } else if (opens) {
      record_if_monitored(tx_.verdict);
      tunnel_to_ = std::move(dialled.stream);
      co_return Next::tunnel;
    } else {
      tx_.bytes_up += client_.in().size();
    }
  } else {
    tx_.end = "client";
  }
  origin_ = nullptr;
  log();
  co_return tx_.verdict.action == rules::Action::block ? Next::close : Next::closed;
}

/// Reads until the hello is complete or clearly is none, and what it is instead is clear as far as it can be.
/// `need_more`: the client went away or fell silent.
net::Task<tls::HelloStatus> Session::receive_hello(tls::ClientHello& hello) {
  client_.arm(worker_.settings().hello);
  for (;;) {
    const auto status = tls::parse_client_hello(received(), hello);
    const bool may_be_known =
        status == tls::HelloStatus::not_tls &&
        circumvention::name_first_words(received()).hearing == circumvention::FirstWords::Hearing::need_more;
    if (status != tls::HelloStatus::need_more && !may_be_known) co_return status;
    if (client_.in().size() >= tls::kMaxHelloBytes) co_return tls::HelloStatus::too_large;
    const auto io = co_await client_.fill(kReadHello);
    if (io == net::Io::ok) continue;
    if (!may_be_known) tx_.end = io == net::Io::timeout ? "idle" : "client";
    co_return status;
  }
}

void Session::note_hello(tls::HelloStatus status, const tls::ClientHello& hello) {
  client_.disarm();
  worker_.count().add(counter_of(status));
  if (status != tls::HelloStatus::done) return;
  if (hello.sni_state == tls::ClientHello::Sni::absent) worker_.count().add(telemetry::Counter::hello_no_sni);
  tx_.sni = hello.sni;
  for (const auto& protocol : hello.alpn)
    tx_.alpn += (tx_.alpn.empty() ? "" : ",") + protocol;
  if (hello.ech == tls::EchState::present) tx_.ech = "present";
}

/// nullopt: it names a server, rightly or not.
std::optional<Session::Nameless> Session::find_no_name(tls::HelloStatus status, const tls::ClientHello& hello) {
  if (status == tls::HelloStatus::need_more) {
    const bool silent = client_.in().size() == 0;
    return Nameless{silent ? rules::Reason::silent : rules::Reason::not_tls, "no ClientHello in time"};
  }
  if (status == tls::HelloStatus::not_tls) return name_speech({rules::Reason::not_tls, to_string(status)});
  if (status != tls::HelloStatus::done) return Nameless{rules::Reason::not_tls, to_string(status)};
  if (hello.sni_state == tls::ClientHello::Sni::present) return std::nullopt;
  return Nameless{rules::Reason::no_sni, "the ClientHello names no server"};
}

/// May the tunnel open? Where not, the attempt is recorded, the client told by an alert, and the verdict says why.
net::Task<bool> Session::judge_hello(tls::HelloStatus status, const tls::ClientHello& hello) {
  note_hello(status, hello);
  const auto& gate = tx_.engine->snapshot()->gate;
  const auto& allowed = tx_.engine->snapshot()->policy.circumvention;
  if (const auto nameless = find_no_name(status, hello)) {
    const bool silent = status == tls::HelloStatus::need_more;
    if (silent && tx_.end == "client") co_return false;  // gone before it said anything that could be judged
    see(status == tls::HelloStatus::done ? telemetry::Sight::no_sni : telemetry::Sight::not_tls);
    const bool is_tls = status == tls::HelloStatus::malformed || status == tls::HelloStatus::too_large ||
                        (silent && client_.in().size() != 0);
    const auto choice = status == tls::HelloStatus::done ? gate.no_sni : is_tls ? gate.malformed : gate.not_tls;
    if (choice == rules::Choice::allow || allowed.allows(nameless->reason, subject_.group)) {
      tx_.end = {};
      co_return true;
    }
    refuse_for(*nameless);
  } else if (const auto name = categories::normalise_host(hello.sni, categories::HostSource::wire); !name) {
    see(telemetry::Sight::no_sni);
    refuse_for({rules::Reason::sni, to_string(name.error())});
  } else if (see(*name, hello.ech); const auto hidden = find_hidden_name(hello, *name, gate)) {
    refuse_for(*hidden);
  } else if (*name == *tx_.host) {
    co_return true;
  } else if (name->is_literal() && gate.address_literal == rules::Choice::block) {
    refuse_for({rules::Reason::address_literal, "the server name is an address"});  // RFC 6066 3: it must not be
  } else if (tx_.host->is_literal() && circumvention::looks_like_tor(hello)) {
    refuse_for({rules::Reason::tor, kLikeTor});
  } else if (gate.sni_mismatch == rules::SniMismatch::block) {
    refuse_for({rules::Reason::sni, "the server name is not the one asked for"});
  } else {
    sni_ = std::make_unique<const categories::Host>(*name);
    const auto verdict = decide(rules::Stage::hello, *sni_, "");
    note_for_self_test(verdict);
    if (may_go_on(verdict)) {
      record_if_monitored(verdict);
      count_for(quotas_ | verdict.quotas);
      co_return true;
    }
    if (verdict.action == rules::Action::allow)
      refuse_for({rules::Reason::sni, "the server name is dialled elsewhere, for safe search"});
    else
      tx_.verdict = verdict;
  }
  note_for_self_test(tx_.verdict);
  co_await refuse_tunnel(hello.record_version);
  co_return false;
}

/// Records the attempt, then says by an alert that it is denied. `record_version`: of the hello, or 0.
net::Task<> Session::refuse_tunnel(std::uint16_t record_version) {
  show_in_window();
  if (!co_await make_durable()) {
    tx_.detail = "the attempt could not be recorded in time";
    client_.close();
    co_return;
  }
  const auto alert = tls::access_denied_alert(record_version != 0 ? record_version : kFirstRecord);
  client_.arm(worker_.settings().stall);
  if (co_await client_.write({reinterpret_cast<const char*>(alert.data()), alert.size()}) == net::Io::ok)
    tx_.bytes_down += alert.size();
}

/// Starts to move bytes, until one side ends it or the gateway does: see rejudge() and abort(). False: there is no
/// origin.
bool Session::open_tunnel() {
  if (!tunnel_to_) return false;
  relay_ = std::make_unique<net::Relay>(client_, *tunnel_to_, worker_.relay_buffer(), worker_.wheel(),
                                        worker_.settings().tunnel_idle);
  origin_ = tunnel_to_.get();
  count_sight();
  rejudge_if_stale();
  worker_.count().add(telemetry::Counter::tunnels_open);
  relay_->start([session = shared_from_this(), opened = Transaction::Steady::now()](net::End end) mutable {
    auto& worker = session->worker_;
    worker.timings().add(telemetry::Timed::tunnel, Transaction::Steady::now() - opened);
    session->end_tunnel(end);
    worker.let_go(std::move(session));
  });
  return true;
}

void Session::end_tunnel(net::End end) {
  worker_.count().subtract(telemetry::Counter::tunnels_open);
  tx_.end = to_string(end);
  tx_.bytes_up += relay_->bytes_up();
  tx_.bytes_down += relay_->bytes_down();
  relay_.reset();
  origin_ = nullptr;
  if (sentence_) sentence_->grace.clear();
  log();
  client_.close();
}

}  // namespace breakwater::app
