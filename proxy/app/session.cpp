#include "proxy/app/session.h"

#include <algorithm>

#include "categories/search_words.h"
#include "proxy/app/approach.h"
#include "proxy/app/count_request.h"
#include "proxy/app/worker.h"

namespace breakwater::app {
namespace {

constexpr std::size_t kReadHead = 8 * 1024;
constexpr std::chrono::milliseconds kFirstWord{1000};  ///< for a new connection to speak, once the gateway is ending

std::chrono::microseconds since(Transaction::Steady::time_point begin) {
  return std::chrono::duration_cast<std::chrono::microseconds>(Transaction::Steady::now() - begin);
}

/// How often a request may have passed gateways of this kind: more than any chain of them is long.
constexpr std::size_t kMostHops = 3;

/// Is it no request at all, or one without a host? Then only the address is left to judge by.
bool names_no_host(http::HeadError error) {
  switch (error) {
    case http::HeadError::bad_request_line:
    case http::HeadError::bad_method:
    case http::HeadError::bad_version:
    case http::HeadError::missing_host:
      return true;
    default:
      return false;
  }
}

/// Nothing that a person accepts would change it.
bool is_final(rules::Reason reason) {
  return reason == rules::Reason::floor || reason == rules::Reason::engine_error;
}

}  // namespace

Session::Session(Worker& worker, net::Socket socket, const categories::IpAddress& client, ConnectionLimit::Place place,
                 std::shared_ptr<const net::TlsServer> server, std::optional<Interception> interception)
    : worker_(worker),
      place_(std::move(place)),
      client_(std::move(socket), worker.wheel()),
      server_(std::move(server)),
      interception_(interception),
      client_text_(client.to_string()),
      lifetime_(worker.wheel(), [this] { abort(net::End::idle); }) {
  subject_.address = client;
}

Session::Sentence::Sentence(Session& session)
    : grace(session.worker_.wheel(), [&session] {
        session.worker_.note_end_of_grace();
        session.carry_out();
      }) {}

net::Task<> Session::run() {
  lifetime_.expires_after(worker_.settings().lifetime);
  auto next = Next::again;
  if (interception_)
    next = co_await intercepted();
  else if (!co_await begin_connection())
    next = Next::closed;
  while (next == Next::again) {
    next = co_await next_request();
    if (next == Next::tunnel) break;
    holds_up_.reset();
    sentence_.reset();
  }
  if (next == Next::tunnel) co_return;
  if (next == Next::close) co_await client_.close_gently();
  client_.close();
}

/// What comes before the first request of those who know that this is a proxy. False: nothing more comes of it.
net::Task<bool> Session::begin_connection() {
  bool goes_on = true;
  if (introduction_ == Introduction::awaited) goes_on = co_await be_introduced();
  if (goes_on && server_) goes_on = co_await secure();
  co_return goes_on;
}

net::Task<bool> Session::secure() {
  client_.arm(worker_.settings().head);
  const auto io = co_await client_.secure(*server_);
  worker_.count().add(io == net::Io::ok ? telemetry::Counter::tls_handshakes : telemetry::Counter::tls_failures);
  if (io == net::Io::timeout) worker_.count().add(telemetry::Counter::deadline_hits);
  co_return io == net::Io::ok;
}

/// Waits for the next request to begin. False: there is none, and nothing to be said about it.
net::Task<bool> Session::receive_first_byte() {
  const bool first = requests_++ == 0;
  if (client_.in().size() == 0) {
    if (worker_.draining() && !first) co_return false;
    phase_ = Phase::idle;
    holds_up_.reset();
    client_.in().shrink_to_fit();
    client_.arm(worker_.draining() ? kFirstWord : first ? worker_.settings().head : worker_.settings().idle);
    const auto io = co_await client_.fill(kReadHead);
    phase_ = Phase::busy;
    if (io == net::Io::timeout) worker_.count().add(telemetry::Counter::deadline_hits);
    if (io != net::Io::ok) co_return false;
  }
  co_return true;
}

void Session::begin() {
  tx_.begin(worker_.services().clock.now(), Transaction::Steady::now());
  tx_.id = telemetry::make_reference();
  tx_.engine = worker_.engine();
  request_ = {};
  seen_ = {};
}

net::Task<Session::Next> Session::next_request() {
  if (!co_await receive_first_byte()) co_return Next::closed;
  begin();
  client_.arm(worker_.settings().head);
  const http::HeadLimits limits{worker_.settings().head_bytes, worker_.settings().head_fields};
  http::RequestHead head;
  http::HeadError error{};
  for (;;) {
    const auto status = http::parse_request_head(client_.received_text(), limits, head, error);
    if (status == http::HeadStatus::done) break;
    if (status == http::HeadStatus::error) co_return co_await refuse_head(error);
    const auto io = co_await client_.fill(kReadHead);
    if (io == net::Io::timeout) {
      worker_.count().add(telemetry::Counter::deadline_hits);
      tx_.verdict = tx_.engine->refuse(rules::Reason::malformed, subject_, worker_.services().clock.seconds());
      tx_.detail = "the request did not end in time";
      co_return co_await answer({408, "malformed", tx_.detail, http::Persistence::close});
    }
    if (io != net::Io::ok) co_return Next::closed;
  }
  client_.disarm();
  tx_.head = since(tx_.began);
  co_return co_await judge(head);
}

net::Task<Session::Next> Session::refuse_head(http::HeadError error) {
  tx_.head = since(tx_.began);
  if (interception_ && names_no_host(error)) co_return co_await not_a_request(error);
  tx_.verdict = tx_.engine->refuse(rules::Reason::malformed, subject_, worker_.services().clock.seconds());
  tx_.detail = to_string(error);
  co_return co_await answer({http::status_of(error), "malformed", tx_.detail, http::Persistence::close});
}

rules::Facts Session::facts(rules::Stage stage, const categories::Host& host, std::string_view path) const {
  return {stage, host, tx_.port, path, interception_ ? rules::Way::intercepted : rules::Way::asked};
}

/// At which what is open is judged; of a tunnel its outside.
rules::Stage Session::stage() const {
  return tx_.scheme == "http" ? rules::Stage::http_request : rules::Stage::connect;
}

rules::Verdict Session::decide(rules::Stage stage, const categories::Host& host, std::string_view path) {
  const auto began = Transaction::Steady::now();
  auto verdict = tx_.engine->decide(facts(stage, host, path), subject_, worker_.services().clock.seconds());
  worker_.timings().add(telemetry::Timed::decision, Transaction::Steady::now() - began);
  if (!verdict.carried_by.empty()) tx_.detail = verdict.carried_by;
  if (!verdict.pass.empty() && !mark_) worker_.pass_uses().add(verdict.pass, rules::person_key(subject_));
  return verdict;
}

/// Allowed, and the connection goes where this verdict would have it go: a tunnel to the ordinary address of a search
/// engine is no way around its safe one.
bool Session::may_go_on(const rules::Verdict& verdict) const {
  return verdict.action == rules::Action::allow && (verdict.dial_as.empty() || verdict.dial_as == tx_.dialled);
}

/// Who asks, by all that is known at this moment, and what the policy in force calls them.
void Session::know_subject() {
  know_person();
  tx_.engine = worker_.engine();
  const auto& policy = tx_.engine->snapshot()->policy;
  subject_.group = policy.group_of(subject_);
  subject_.spent = worker_.spent(subject_, worker_.services().clock.seconds());
  know_acceptance(policy);
  if (mark_) judge_as_group(policy);
  present_ = subject_;
}

/// Decides on one request. Each request of a connection comes here by itself, with the snapshot of this moment.
net::Task<Session::Next> Session::judge(const http::RequestHead& head) {
  if (interception_)
    if (const auto fault = find_misdirection(head)) co_return co_await refuse_head(*fault);
  const bool is_connect = head.is("CONNECT");
  tx_.method = head.method;
  tx_.scheme = is_connect ? "https" : "http";
  tx_.host = head.host;
  tx_.port = head.port;
  tx_.bytes_up = head.size;
  if (!is_connect) {
    tx_.path = head.path == "*" ? "" : head.path;
    if (interception_ && head.form == http::TargetForm::origin)
      http::append_url(tx_.url, head);
    else
      tx_.url = head.target;
    tx_.search = categories::search_words(*tx_.host, tx_.path).value_or("");
  }
  request_.version = head.version;
  request_.body = head.body;
  request_.persistence = worker_.draining() ? http::Persistence::close : head.persistence;
  request_.upgrade = head.upgrade.empty() ? Request::Upgrade::none : Request::Upgrade::asked;
  std::string_view credentials;
  for (const auto& field : head.fields) {
    if (field.id == http::FieldId::proxy_authorization && !interception_) credentials = field.value;
    if (field.id == http::FieldId::accept_language) request_.language = pages::choose_language(field.value);
    if (field.id == http::FieldId::authorization) request_.upstream = Request::Upstream::own;
  }
  account_.clear();
  sign_in_failed_ = false;
  if (!credentials.empty() && !mark_) co_await sign_in(credentials);
  know_subject();

  if (const auto way = find_way_round(head)) {
    client_.in().consume(head.size);
    refuse_for(*way);
    request_.persistence = http::Persistence::close;
    co_return co_await refuse(403);
  }
  if (is_own(head)) co_return co_await own_page(head);
  if (interception_ && http::count_own_hops(head.fields) > kMostHops) {
    client_.in().consume(head.size);
    refuse_as_loop("it has passed here several times");
    co_return co_await refuse(403);
  }
  const auto* const asked = probe(head);
  if (head.form == http::TargetForm::origin && !asked && !interception_)
    co_return co_await refuse_head(http::HeadError::bad_target);
  see(*tx_.host, tls::EchState::absent);
  tx_.verdict = decide(is_connect ? rules::Stage::connect : rules::Stage::http_request, *tx_.host, tx_.path);
  note_for_self_test(tx_.verdict);
  const auto form = head.form;
  if (asked && !is_final(tx_.verdict.reason)) {
    client_.in().consume(head.size);
    co_return co_await answer_probe(*asked, own_base(form));
  }
  if (!mark_) worker_.context().note(tx_.time, rules::person_key(subject_), tx_.host->text(), tx_.verdict.action);
  if (!is_connect && tx_.verdict.concern != rules::Concern::none) {
    auto approach = approach_of(head, tx_.search);
    tx_.approach = approach.word;
    tx_.referrer = std::move(approach.referrer);
  }
  if (tx_.verdict.action == rules::Action::block) {
    client_.in().consume(head.size);
    if (tx_.verdict.reason == rules::Reason::sign_in) co_return co_await ask_to_sign_in();
    if (tx_.verdict.reason == rules::Reason::acceptance && (tx_.method == "GET" || tx_.method == "HEAD"))
      co_return co_await send_to_terms(own_base(form), tx_.url);
    co_return co_await refuse(403);
  }
  if (mark_ && !is_connect) co_return co_await answer_self_test(head.size);
  if (!mark_) count_if_private();
  quotas_ = tx_.verdict.quotas;
  counted_ = 0;
  tx_.dialled = tx_.verdict.dial_as;
  if (is_connect) co_return co_await connect(head);
  record_if_monitored(tx_.verdict);
  co_return co_await exchange(head);
}

void Session::log() {
  count_for(0);
  count_sight_at_end();
  const auto& verdict = tx_.verdict;
  if (!mark_) count_request(tx_, subject_, worker_.count());
  if (interception_ && !mark_) count_intercepted(verdict.reason);

  telemetry::AccessRecord record;
  record.time = tx_.time;
  record.id = tx_.id;
  record.client = client_text_;
  record.group = verdict.group;
  record.user = subject_.user;
  record.method = tx_.method;
  record.scheme = tx_.scheme;
  if (interception_) record.door = "intercepted";
  if (tx_.host) record.host = tx_.host->text();
  record.dialled = tx_.dialled;
  record.port = tx_.port;
  record.url = tx_.url;
  record.search = tx_.search;
  record.sni = tx_.sni;
  record.alpn = tx_.alpn;
  record.ech = tx_.ech;
  record.action = to_string(verdict.action);
  record.reason = to_string(verdict.reason);
  record.detail = tx_.detail;
  record.categories = category_names();
  if (verdict.because) {
    record.list = tx_.engine->snapshot()->catalogue->lists()[verdict.because->list].name;
    record.line = verdict.because->line;
    if (!mark_) worker_.hits().add(*tx_.engine->snapshot(), verdict.because->list);
    if (verdict.because->role == categories::ListRole::locked) {
      // What stands in a locked list is for the safeguarding record alone.
      record.host = "(withheld)";
      record.url = record.search = record.sni = {};
    }
  }
  const auto& recipients = tx_.engine->snapshot()->policy.recipients;
  if (!tx_.pseudonym.empty() && std::ranges::any_of(recipients, rules::opens_names)) {
    // A name that is sealed in the record does not stand here in clear.
    record.client = tx_.pseudonym;
    record.host = "(withheld)";
    record.user = record.dialled = record.url = record.search = record.sni = {};
  }
  record.rule = verdict.rule;
  record.pass = verdict.pass;
  record.quota = verdict.quota;
  record.period = verdict.period;
  record.status = tx_.status;
  record.bytes_up = tx_.bytes_up;
  record.bytes_down = tx_.bytes_down;
  record.ms_head = tx_.head;
  record.ms_connect = tx_.connect;
  record.ms_total = since(tx_.began);
  record.end = tx_.end;
  if (mark_ || !is_counted_only()) worker_.services().log.write(record);
}

/// For who is at the address now. What another person had open does not go over to whoever signs in next.
Session::Rejudged Session::identify_again(rules::SysSeconds now) {
  if (mark_) return Rejudged::nothing_open;
  const auto* known = worker_.identities().find(subject_.address);
  const bool signed_in = subject_.confidence == rules::Confidence::account;
  if (signed_in && known && known->confidence == rules::Confidence::account && known->user != subject_.user &&
      known->user != holder_) {
    if (phase_ == Phase::busy) {
      cut(net::End::identity);
      return Rejudged::cut;
    }
    client_.close();
    return Rejudged::nothing_open;
  }
  if (account_.empty()) {
    if (identity::is_identified(present_, known)) return Rejudged::nothing_open;
  } else if (worker_.services().sign_ins->has_ended(account_, account_since_)) {
    account_.clear();
  } else {
    auto subject = present_;
    identify(subject);
    if (subject.device == present_.device && subject.owner == present_.owner &&
        subject.device_group == present_.device_group)
      return Rejudged::nothing_open;
  }
  return rejudge(net::End::identity, now);
}

Session::Rejudged Session::rejudge(net::End cause, rules::SysSeconds now) {
  const bool answering = origin_ && tx_.scheme == "http";  // of a CONNECT the hello is judged anyway
  const bool is_open = (relay_ || answering) && tx_.host;
  if (is_open || tx_.engine != worker_.engine()) count_for(0);  // of another policy, they mean something else
  if (!is_open) return Rejudged::nothing_open;
  auto engine = worker_.engine();
  auto& subject = present_;
  subject.address = subject_.address;
  identify(subject);
  subject.group = engine->snapshot()->policy.group_of(subject);
  subject.spent = worker_.spent(subject, now);
  subject.acceptance = acceptance_of(subject, engine->snapshot()->policy);
  auto verdict = engine->decide(facts(stage(), *tx_.host, tx_.path), subject, now);
  auto quotas = verdict.quotas;
  if (may_go_on(verdict) && sni_) {
    verdict = engine->decide(facts(rules::Stage::hello, *sni_, ""), subject, now);
    quotas |= verdict.quotas;
  }
  if (may_go_on(verdict)) {
    count_for(quotas);
    sentence_.reset();
    return Rejudged::kept;
  }
  const bool at_once = verdict.reason == rules::Reason::floor || verdict.reason == rules::Reason::engine_error;
  const auto grace = engine->snapshot()->policy.grace;
  if (!sentence_) sentence_ = std::make_unique<Sentence>(*this);
  sentence_->engine = std::move(engine);
  sentence_->verdict = verdict;
  sentence_->cause = cause;
  if (at_once) {
    carry_out();
    return Rejudged::cut;
  }
  if (!sentence_->grace.armed()) sentence_->grace.expires_after(grace);
  return Rejudged::graced;
}

/// Ends what is open; the log's line gives the verdict that ended it.
void Session::carry_out() {
  sentence_->grace.clear();
  tx_.engine = std::move(sentence_->engine);
  tx_.verdict = sentence_->verdict;
  cut(sentence_->cause);
}

void Session::cut(net::End cause) {
  tx_.end = to_string(cause);
  if (relay_) return relay_->stop(cause);
  client_.reset();  // an answer cut short must not look whole
  if (origin_) origin_->close();
}

/// For what opens now: a bell, a reload or a sign-in since the verdict found nothing open to judge.
void Session::rejudge_if_stale() {
  const auto now = worker_.services().clock.seconds();
  if (tx_.engine != worker_.engine())
    rejudge(net::End::reload, now);
  else if (tx_.verdict.until && now >= *tx_.verdict.until)
    rejudge(net::End::bell, now);
  else if (worker_.spent(present_, now) != present_.spent)
    rejudge(net::End::quota, now);
  else
    identify_again(now);
}

void Session::drain() {
  // Who has connected and not yet spoken was not told to go elsewhere: its request may be on its way.
  if (phase_ == Phase::idle && requests_ <= 1)
    client_.arm(kFirstWord);
  else if (phase_ == Phase::idle)
    client_.close();
  request_.persistence = http::Persistence::close;
}

void Session::abort(net::End cause) {
  if (relay_) return relay_->stop(cause);
  client_.close();
  if (origin_) origin_->close();
}

}  // namespace breakwater::app
