// Requests for the gateway itself: its own pages, and the probes of systems that look for a captive portal.

#include <boost/asio/thread_pool.hpp>

#include "proxy/app/session.h"
#include "proxy/app/worker.h"
#include "proxy/http/field.h"
#include "proxy/net/listener.h"
#include "proxy/portal/portal.h"
#include "proxy/portal/probes.h"

namespace breakwater::app {
namespace {

/// Whose page sent it: by Origin (RFC 6454 7) and Sec-Fetch-Site (W3C Fetch Metadata). Browsers that say neither are
/// left to the form's token.
portal::Request::From sender_of(const http::RequestHead& head) {
  const auto is_own = [&head](std::string_view origin) {
    const auto url = categories::parse_url(origin, categories::HostSource::wire);
    return url && url->host == head.host;
  };
  for (const auto& field : head.fields) {
    if (http::equals_caseless(field.name, "Origin") && !is_own(field.value)) return portal::Request::From::foreign;
    if (http::equals_caseless(field.name, "Sec-Fetch-Site") && field.value != "same-origin" && field.value != "none")
      return portal::Request::From::foreign;
  }
  return portal::Request::From::own;
}

}  // namespace

/// Where the client has reached the gateway. After `tproxy` the connection's own end is somebody else's address.
std::optional<net::tcp::endpoint> Session::own_end() {
  net::error_code error;
  const auto local = client_.socket().local_endpoint(error);
  const bool foreign = interception_ && worker_.settings().intercept_mode == net::Redirection::tproxy;
  return error || foreign ? std::nullopt : std::optional(local);
}

bool Session::is_own_address(const categories::IpAddress& address) {
  const auto reached = own_end();
  return (reached && net::to_ip_address(reached->address()) == address) ||
         std::ranges::find(worker_.own(), address) != worker_.own().end();
}

/// The gateway's name in any form; of what is not asked of a proxy also its address. Another name there may be
/// anybody's that leads here (DNS rebinding), and gets the one file that is the same for everybody; on the way to
/// anybody's server only under the name by which browsers look for it.
bool Session::is_own(const http::RequestHead& head) {
  if (head.host.text() == portal::kHost) return true;
  if (head.form != http::TargetForm::origin) return false;
  if (!secure_base(head).empty()) return true;
  const bool is_wpad = head.host.text().starts_with("wpad.") || head.host.text() == "wpad";
  if (portal::Portal::is_pac(head.path) && (!interception_ || is_wpad)) return true;
  return head.host.is_literal() && is_own_address(head.host.address());
}

/// "https://NAME:PORT" where its own door for TLS is asked by the name that its certificate is for.
std::string Session::secure_base(const http::RequestHead& head) {
  const auto& name = worker_.settings().pac_host;
  if (!client_.is_secure() || interception_ || name.empty() || head.host.text() != name) return {};
  const auto reached = own_end();
  return reached ? "https://" + name + ":" + std::to_string(reached->port()) : std::string();
}

/// How the gateway is reached by whoever asks in this form. What is intercepted comes from the usual port.
std::string Session::own_base(http::TargetForm form) {
  const auto reached = own_end();
  if (form != http::TargetForm::origin || !reached) return std::string(portal::kBase);
  if (interception_) return "http://" + net::to_string({reached->address(), interception_->destination.port()});
  return (client_.is_secure() ? "https://" : "http://") + net::to_string(*reached);
}

rules::Acceptance Session::acceptance_of(const rules::Subject& subject, const rules::Policy& policy) const {
  const auto& terms = policy.acceptance;
  if (!terms || !terms->asks(subject.group)) return rules::Acceptance::given;
  const auto& services = worker_.services();
  return services.portal.acceptances().of(rules::person_key(subject), terms->version, services.clock.seconds());
}

/// Each connection asks for it once, and again where acceptances were deleted.
void Session::know_acceptance(const rules::Policy& policy) {
  const auto& terms = policy.acceptance;
  const auto edition = worker_.services().portal.acceptances().edition();
  if (terms && terms->version == accepted_ && edition == accepted_edition_) return;
  accepted_.clear();
  subject_.acceptance = acceptance_of(subject_, policy);
  if (terms && terms->asks(subject_.group) && subject_.acceptance == rules::Acceptance::given) {
    accepted_ = terms->version;
    accepted_edition_ = edition;
  }
}

std::vector<portal::QuotaLeft> Session::quotas_left(rules::SysSeconds now) const {
  const auto& policy = tx_.engine->snapshot()->policy;
  const auto left = [](auto most, auto used) { return static_cast<std::uint64_t>(most > used ? most - used : 0); };
  std::vector<portal::QuotaLeft> result;
  for (const auto& standing :
       worker_.services().ledger.remaining(policy, rules::person_key(subject_), subject_.group, now)) {
    const auto& quota = policy.quotas[standing.quota];
    portal::QuotaLeft each{quota.name, {}, {}};
    if (quota.minutes) {
      const auto used = std::chrono::floor<std::chrono::minutes>(standing.active);
      each.minutes = left(quota.minutes->count(), used.count());
    }
    if (quota.bytes) each.bytes = left(*quota.bytes, standing.bytes);
    result.push_back(std::move(each));
  }
  return result;
}

net::Task<Session::Next> Session::own_page(const http::RequestHead& head) {
  const auto now = worker_.services().clock.seconds();
  tx_.verdict = tx_.engine->refuse(rules::Reason::portal, subject_, now);
  portal::Request request;
  request.method = head.method;
  request.path = head.path;
  if (head.form == http::TargetForm::origin) request.secure_base = secure_base(head);
  request.language = request_.language;
  request.from = sender_of(head);
  request.subject = subject_;
  request.snapshot = tx_.engine->snapshot();
  request.period = tx_.verdict.period;
  request.bell = tx_.engine->bell(subject_.group, now);
  request.quotas = quotas_left(now);
  request.now = now;
  client_.in().consume(head.size);
  // Nothing here speaks TLS, and a tunnel to the gateway would be a loop.
  if (head.form == http::TargetForm::authority) co_return co_await answer({403, "portal", "", request_.persistence});
  if (const auto refused = co_await receive_form(request.body); refused != 0) {
    tx_.verdict = tx_.engine->refuse(rules::Reason::malformed, subject_, now);
    co_return co_await answer({refused, "malformed", tx_.detail, http::Persistence::close});
  }
  const auto response = co_await respond(std::move(request));
  if (!response) {
    worker_.count().add(telemetry::Counter::portal_failures);
    co_return co_await answer({503, "timeout", "", request_.persistence});
  }
  if (response->store == portal::Response::Store::failed) worker_.count().add(telemetry::Counter::portal_failures);
  tx_.verdict.action = response->status < 400 ? rules::Action::allow : rules::Action::block;
  co_return co_await send_answer(response->status, response->fields, response->body, request_.persistence);
}

/// 0, or the status of a body that is not taken.
net::Task<std::uint16_t> Session::receive_form(std::string& form) {
  if (request_.body.kind == http::BodyKind::none) co_return 0;
  const auto refuse_for = [this](std::uint16_t status, std::string_view detail) {
    tx_.detail = detail;
    return status;
  };
  if (request_.body.kind != http::BodyKind::length) co_return refuse_for(411, "a form needs a length");
  if (request_.body.length > portal::kMaxBody) co_return refuse_for(413, "the form is too large");
  const auto size = static_cast<std::size_t>(request_.body.length);
  client_.arm(worker_.settings().head);
  while (client_.in().size() < size) {
    const auto io = co_await client_.fill(size - client_.in().size());
    if (io == net::Io::ok) continue;
    if (io == net::Io::timeout) worker_.count().add(telemetry::Counter::deadline_hits);
    co_return refuse_for(408, "the request did not end in time");
  }
  client_.disarm();
  form = client_.received_text().substr(0, size);
  client_.in().consume(size);
  tx_.bytes_up += size;
  request_.body = {};
  co_return 0;
}

/// What is sent in a form goes to disk, which is not for the worker's thread. nullopt: the disk took too long.
net::Task<std::optional<portal::Response>> Session::respond(portal::Request request) {
  auto& portal = worker_.services().portal;
  if (request.method != "POST") co_return portal.respond(request);
  struct Ticket {
    explicit Ticket(net::Executor executor) : done(executor) {}
    net::Event done;
    std::optional<portal::Response> response;
  };
  const auto ticket = std::make_shared<Ticket>(worker_.executor());
  // As with the recorder: the last reference must not die on the other thread.
  net::asio::post(worker_.services().desk,
                  [&portal, held = ticket, executor = worker_.executor(), request = std::move(request)]() mutable {
                    net::asio::post(executor, [held = std::move(held), response = portal.respond(request)]() mutable {
                      held->response = std::move(response);
                      held->done.set();
                    });
                  });
  net::Deadline limit(worker_.wheel(), [ticket] { ticket->done.set(); });
  limit.expires_after(worker_.settings().record);
  co_await ticket->done.wait();
  co_return std::move(ticket->response);
}

/// The probe that this is, where the policy asks for an acceptance; nullptr: a request as any other.
const portal::Probe* Session::probe(const http::RequestHead& head) const {
  const auto& terms = tx_.engine->snapshot()->policy.acceptance;
  if (!terms || !terms->asks(subject_.group) || !(head.is("GET") || head.is("HEAD")) || head.port != 80) return nullptr;
  return portal::find_probe(head.host.text(), head.path);
}

net::Task<Session::Next> Session::answer_probe(const portal::Probe& probe, std::string_view base) {
  const auto reason =
      subject_.acceptance == rules::Acceptance::missing ? rules::Reason::acceptance : rules::Reason::portal;
  tx_.verdict = tx_.engine->refuse(reason, subject_, worker_.services().clock.seconds());
  if (reason == rules::Reason::acceptance) co_return co_await send_to_terms(base, "");
  tx_.verdict.action = rules::Action::allow;
  std::string fields(probe.fields);
  fields += "Cache-Control: no-store\r\n";
  std::string body(probe.body);
  co_return co_await send_answer(probe.status, fields, std::move(body), request_.persistence);
}

net::Task<Session::Next> Session::send_to_terms(std::string_view base, std::string_view way_back) {
  const Answer what{302, to_string(tx_.verdict.reason), "", request_.persistence};
  auto body = page(what);
  std::string fields(pages::kResponseFields);
  fields.append("Location: ").append(portal::Portal::acceptance_url(base, way_back)).append("\r\n");
  co_return co_await send_answer(what.status, fields, std::move(body), what.persistence);
}

/// What is blocked, with why and when it opens, where its person finds it again.
void Session::show_in_window() {
  const auto& verdict = tx_.verdict;
  const auto& snapshot = *tx_.engine->snapshot();
  if (verdict.action == rules::Action::allow || !tx_.host || verdict.reason == rules::Reason::acceptance) return;
  const auto now = worker_.services().clock.seconds();
  const auto& host = sni_ ? *sni_ : *tx_.host;
  const auto at = sni_ ? rules::Stage::hello : stage();
  if (verdict.until) tx_.opens = tx_.engine->opens_at(facts(at, host, tx_.path), subject_, now);
  if (mark_ || subject_.group >= snapshot.policy.groups.size()) return;
  portal::Blocked blocked;
  blocked.time = now;
  blocked.reference = tx_.id;
  // What stands in a locked list is for the safeguarding record alone.
  const bool locked = verdict.because && verdict.because->role == categories::ListRole::locked;
  blocked.host = locked ? "(withheld)" : host.text();
  blocked.reason = to_string(verdict.reason);
  const auto names = category_names();
  blocked.categories.assign(names.begin(), names.end());
  blocked.concern = verdict.concern;
  blocked.opens = tx_.opens;
  worker_.services().portal.note_blocked(rules::person_key(subject_), *snapshot.policy.zone, std::move(blocked));
}

}  // namespace breakwater::app
