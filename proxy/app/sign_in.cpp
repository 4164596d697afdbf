// Proxy authentication: who a request's own credentials say it is, and what is said to whoever must sign in.

#include "proxy/app/session.h"
#include "proxy/app/worker.h"
#include "proxy/auth/authenticator.h"
#include "proxy/identity/sign_ins.h"

namespace breakwater::app {
namespace {

using Verified = auth::Authenticator::Outcome;

/// Behind it the requests of a slow helper, one after another.
constexpr int kPatience = 4;  ///< times proxy.auth.timeout

telemetry::Counter counter_of(Verified outcome) {
  switch (outcome) {
    case Verified::accepted:
      return telemetry::Counter::sign_ins;
    case Verified::refused:
    case Verified::too_often:
      return telemetry::Counter::sign_ins_refused;
    case Verified::busy:
    case Verified::failed:
      break;
  }
  return telemetry::Counter::sign_ins_failed;
}

}  // namespace

bool Session::may_sign_in() const {
  const auto& settings = worker_.settings();
  if (interception_)
    return false;  // who takes the gateway for an origin must not be asked for its password (RFC 9110 11.7)
  return worker_.services().authenticator && (client_.is_secure() || settings.auth_plain == snapshot::PlainAuth::allow);
}

/// The person of the request at hand, whoever comes to be there while it lasts.
void Session::know_person() {
  const auto* known = worker_.identities().find(subject_.address);
  if (!account_.empty() || !identity::is_identified(subject_, known)) {
    identify(subject_);
    accepted_.clear();
  }
  holder_ = known && known->confidence == rules::Confidence::account ? known->user : std::string();
}

/// Takes the person of the credentials for the one who asks, where they are right. What is wrong with them is said by
/// the answer to those who must sign in; for all others they are nothing.
net::Task<> Session::sign_in(std::string_view field) {
  if (!may_sign_in()) co_return;
  const auto credentials = auth::parse_basic(field);
  if (!credentials) {
    worker_.count().add(telemetry::Counter::sign_ins_refused);
    tx_.detail = to_string(credentials.error());
    co_return;
  }
  switch (co_await verify(*credentials)) {
    case Verified::accepted:
      account_ = credentials->user;
      account_since_ = Clock().seconds();
      worker_.services().sign_ins->touch(subject_.address, account_, account_since_);
      break;
    case Verified::refused:
      tx_.detail = "the name or the password is wrong";
      break;
    case Verified::too_often:
      tx_.detail = "too many failures: wait a minute";
      break;
    case Verified::busy:
    case Verified::failed:
      sign_in_failed_ = true;
      break;
  }
}

net::Task<Verified> Session::verify(const auth::Credentials& credentials) {
  struct Ticket {
    explicit Ticket(net::Executor executor) : done(executor) {}
    net::Event done;
    Verified outcome = Verified::failed;
  };
  const auto ticket = std::make_shared<Ticket>(worker_.executor());
  // The last reference must not die on the other thread, so the handler hands its own over.
  const auto on_done = [held = ticket, executor = worker_.executor()](Verified outcome) mutable {
    net::asio::post(executor, [held = std::move(held), outcome] {
      held->outcome = outcome;
      held->done.set();
    });
  };
  const auto known =
      worker_.services().authenticator->check(subject_.address, credentials, Transaction::Steady::now(), on_done);
  if (known) {
    if (*known != Verified::accepted) worker_.count().add(counter_of(*known));
    co_return *known;
  }
  net::Deadline limit(worker_.wheel(), [ticket] { ticket->done.set(); });
  limit.expires_after(worker_.settings().auth_timeout * kPatience);
  co_await ticket->done.wait();
  worker_.count().add(counter_of(ticket->outcome));
  co_return ticket->outcome;
}

/// Nothing opens before somebody has signed in. A connection that all can listen to is never asked for a password.
net::Task<Session::Next> Session::ask_to_sign_in() {
  const auto& settings = worker_.settings();
  Answer what{407, "sign_in", tx_.detail, request_.persistence};
  std::string own_proxy;
  if (sign_in_failed_) {
    what.status = 503;
    what.reason = "sign_in_failed";
  } else if (!may_sign_in()) {
    what.status = 403;
    what.reason = "sign_in_elsewhere";
    if (!settings.tls_listen.empty() && !settings.pac_host.empty()) {
      const auto& endpoint = settings.tls_listen.front();
      own_proxy = "https://" + settings.pac_host + endpoint.substr(endpoint.rfind(':'));
      what.detail = own_proxy;
    }
  }
  co_return co_await answer(what);
}

/// Who it is by all that is known now: a request's own credentials are surer than its address.
void Session::identify(rules::Subject& subject) const {
  identity::identify(subject, worker_.identities().find(subject.address));
  if (account_.empty()) return;
  subject.user = account_;
  subject.confidence = rules::Confidence::account;
}

}  // namespace breakwater::app
