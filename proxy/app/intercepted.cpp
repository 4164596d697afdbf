// What was on its way to somebody else. The name in it decides, and that name is dialled: where the client meant to go
// says the port and no more. Only what names no site at all is judged by that address.
//
//   destination is a door of the gateway itself, or the client is the gateway ──► loop, closed
//   HTTP: Host ──► session.cpp, as an absolute URL      no request, no Host ─┐
//   TLS:  server name ──► judged, dialled, relayed      none, no TLS ────────┴─► the address: named by a list, or
//   blocked

#include "proxy/app/session.h"
#include "proxy/app/worker.h"
#include "proxy/circumvention/tor_hello.h"
#include "proxy/portal/request.h"
#include "rules/circumvention.h"

namespace breakwater::app {
namespace {

telemetry::Sight sight_for(rules::Reason nameless, Interception::Protocol protocol) {
  if (nameless == rules::Reason::no_sni || nameless == rules::Reason::sni) return telemetry::Sight::no_sni;
  return protocol == Interception::Protocol::tls ? telemetry::Sight::not_tls : telemetry::Sight::not_http;
}

}  // namespace

net::Task<Session::Next> Session::intercepted() {
  if (!mark_) worker_.count().add(telemetry::Counter::intercepted);
  if (const auto loop = find_loop(); !loop.empty() && !mark_) {
    begin();
    know_subject();
    refuse_as_loop(loop);
    log();
    co_return Next::closed;
  }
  if (interception_->protocol == Interception::Protocol::tls) co_return co_await intercepted_tls();
  co_return Next::again;
}

/// Why the connection cannot be on its way to anybody else; "" where it is.
std::string_view Session::find_loop() {
  const auto& destination = interception_->destination;
  if (is_own_address(subject_.address)) return "it comes from the gateway itself";
  if (worker_.intercepts_at(destination.port()) && is_own_address(net::to_ip_address(destination.address())))
    return "it was not redirected here";
  return {};
}

void Session::refuse_as_loop(std::string_view detail) {
  refuse_for({rules::Reason::loop, detail});
}

/// Another port is another server: it cannot be meant for where this was going.
std::optional<http::HeadError> Session::find_misdirection(const http::RequestHead& head) const {
  if (head.form != http::TargetForm::authority && head.port != interception_->destination.port())
    return http::HeadError::host_mismatch;
  return std::nullopt;
}

net::Task<Session::Next> Session::intercepted_tls() {
  begin();
  tx_.scheme = "https";
  tls::ClientHello hello;
  const auto status = co_await receive_hello(hello);
  if (tx_.end == "client") co_return Next::closed;  // gone before it said anything that could be judged
  know_subject();
  note_hello(status, hello);
  if (const auto nameless = find_no_name(status, hello))
    judge_address(*nameless);
  else
    judge_name(hello);
  co_return co_await intercepted_tunnel(hello);
}

void Session::judge_name(const tls::ClientHello& hello) {
  const auto name = categories::normalise_host(hello.sni, categories::HostSource::wire);
  if (!name) return judge_address({rules::Reason::sni, to_string(name.error())});
  tx_.host = *name;
  tx_.port = interception_->destination.port();
  see(*name, hello.ech);
  if (name->text() == portal::kHost) {  // nothing here speaks TLS
    tx_.verdict = tx_.engine->refuse(rules::Reason::portal, subject_, worker_.services().clock.seconds());
    return;
  }
  tx_.verdict = decide(stage(), *tx_.host, "");
  if (tx_.verdict.action == rules::Action::block) return;
  if (const auto hidden = find_hidden_name(hello, *name, tx_.engine->snapshot()->gate)) refuse_for(*hidden);
}

/// Where nothing names a site. What lists say of the address counts, and is recorded, also where it is blocked anyway.
void Session::judge_address(const Nameless& why) {
  const auto& destination = interception_->destination;
  const auto address = net::to_ip_address(destination.address());
  tx_.host = *categories::normalise_host(address.to_string(), categories::HostSource::person);
  tx_.port = destination.port();
  tx_.detail = why.detail;
  see(sight_for(why.reason, interception_->protocol));
  tx_.verdict = decide(stage(), *tx_.host, "");
  const auto reason = tx_.verdict.reason;
  if (reason != rules::Reason::address_literal && reason != rules::Reason::port) return;
  tx_.verdict.reason = why.reason;
  if (tx_.verdict.concern != rules::Concern::none) return;
  const auto listed = tx_.verdict.categories;
  refuse_for(why);
  tx_.verdict.categories |= listed;
}

/// After the verdict: to the origin, with what the client has said so far, or refused by an alert.
net::Task<Session::Next> Session::intercepted_tunnel(const tls::ClientHello& hello) {
  client_.disarm();
  note_for_self_test(tx_.verdict);
  const bool is_allowed = tx_.verdict.action == rules::Action::allow;
  if (mark_ && is_allowed) {
    tx_.detail = "self-test";
    log();
    co_return Next::closed;
  }
  if (!mark_) worker_.context().note(tx_.time, rules::person_key(subject_), tx_.host->text(), tx_.verdict.action);
  if (is_allowed) {
    tx_.end = {};
    quotas_ = tx_.verdict.quotas;
    counted_ = 0;
    tx_.dialled = tx_.verdict.dial_as;
    count_if_private();
    auto dialled = co_await dial();
    if (dialled.stream) {
      record_if_monitored(tx_.verdict);
      tunnel_to_ = std::move(dialled.stream);
      co_return Next::tunnel;
    }
    if (dialled.status == 403) {
      tx_.verdict =
          tx_.engine->refuse(rules::Reason::private_destination, subject_, worker_.services().clock.seconds());
    } else if (tx_.detail == kNoSuchName && circumvention::looks_like_tor(hello)) {
      refuse_for({rules::Reason::tor, kLikeTor});  // made up for one connection: nobody has such a name
    } else {
      tx_.status = dialled.status;
    }
  }
  tx_.bytes_up += client_.in().size();
  if (tx_.verdict.action == rules::Action::block) co_await refuse_tunnel(hello.record_version);
  log();
  co_return tx_.verdict.action == rules::Action::block ? Next::close : Next::closed;
}

/// Something that is not HTTP, or does not say for which host it is.
net::Task<Session::Next> Session::not_a_request(http::HeadError error) {
  tx_.scheme = "tcp";
  know_subject();
  const bool is_http = error == http::HeadError::missing_host;
  const Nameless otherwise{is_http ? rules::Reason::no_host : rules::Reason::not_http, to_string(error)};
  const auto speech = name_speech(otherwise);
  judge_address(speech.reason == rules::Reason::plain_http ? otherwise : speech);
  const tls::ClientHello none;
  if (tx_.verdict.action == rules::Action::allow) co_return co_await intercepted_tunnel(none);
  request_.persistence = http::Persistence::close;
  co_return co_await refuse(http::status_of(error));
}

void Session::count_intercepted(rules::Reason reason) {
  switch (reason) {
    case rules::Reason::loop:
      return worker_.count().add(telemetry::Counter::intercept_loops);
    case rules::Reason::not_http:
      return worker_.count().add(telemetry::Counter::intercept_not_http);
    case rules::Reason::no_host:
      return worker_.count().add(telemetry::Counter::intercept_no_host);
    case rules::Reason::address_literal:
      return worker_.count().add(telemetry::Counter::intercept_addresses);
    case rules::Reason::ech:
      return worker_.count().add(telemetry::Counter::intercept_ech);
    default:
      if (tx_.scheme == "tcp" && rules::is_tunnel_kind(reason))
        worker_.count().add(telemetry::Counter::intercept_not_http);
  }
}

}  // namespace breakwater::app
