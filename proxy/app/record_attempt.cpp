// An attempt in a concern category: made of the request at hand, and waited for until it is on disk.

#include <tuple>

#include "proxy/app/session.h"
#include "proxy/app/worker.h"
#include "rules/civil_time.h"

namespace breakwater::app {

namespace {

/// Allowed requests are recorded only as long as so few attempts wait for the disk: blocked ones need the room.
constexpr std::uint64_t kMostWaiting = 10'000;

/// The gravest of the categories that are monitored, and the entry that put the request there where that is known.
std::pair<categories::CategoryId, std::optional<categories::Match>> monitored_of(const rules::Verdict& verdict,
                                                                                 const rules::Policy& policy) {
  const auto monitored = verdict.categories & policy.safeguarding.monitored;
  if (monitored.test(verdict.concern_category)) return {verdict.concern_category, verdict.concern_match};
  std::size_t gravest = 0;
  for (std::size_t id = 0; id < policy.concern.size(); ++id)
    if (monitored.test(id) && (!monitored.test(gravest) || policy.concern[id] > policy.concern[gravest])) gravest = id;
  return {static_cast<categories::CategoryId>(gravest), std::nullopt};
}

}  // namespace

/// The access log takes its pseudonym from there.
safeguarding::Attempt Session::attempt(const rules::Verdict& verdict) {
  const auto& snapshot = *tx_.engine->snapshot();
  safeguarding::Attempt attempt;
  attempt.time = tx_.time;
  attempt.civil = rules::format_civil(std::chrono::floor<std::chrono::seconds>(tx_.time), *snapshot.policy.zone);
  attempt.id = tx_.id;
  attempt.client = client_text_;
  attempt.device = subject_.device;
  attempt.user = subject_.user;
  attempt.group = verdict.group;
  if (tx_.host) attempt.host = tx_.host->text();
  attempt.url = tx_.url;
  attempt.search = tx_.search;
  attempt.approach = tx_.approach;
  attempt.referrer = tx_.referrer;
  attempt.method = tx_.method;
  attempt.sni = tx_.sni;
  attempt.category = snapshot.catalogue->categories().name(verdict.concern_category);
  const auto* theme = snapshot.policy.safeguarding.theme_of(verdict.concern_category);
  attempt.theme = theme ? theme->name : attempt.category;
  attempt.concern = to_string(verdict.concern);
  attempt.action = to_string(verdict.action);
  attempt.confidence = to_string(subject_.confidence);
  attempt.owner = to_string(subject_.owner);
  const auto& pseudonyms = worker_.services().pseudonyms;
  attempt.pseudonym = tx_.pseudonym = pseudonyms.of_person(rules::person_key(subject_));
  attempt.host_tag = pseudonyms.of_host(attempt.host);
  if (verdict.concern_match) {
    attempt.list = snapshot.catalogue->lists()[verdict.concern_match->list].name;
    attempt.line = verdict.concern_match->line;
  }
  attempt.rule = verdict.rule;
  attempt.period = verdict.period;
  attempt.reason = to_string(verdict.reason);
  return attempt;
}

/// What is allowed, but watched by the policy. Nobody waits for it.
void Session::record_if_monitored(const rules::Verdict& verdict) {
  const auto& policy = tx_.engine->snapshot()->policy;
  const auto& rules = policy.safeguarding;
  if (mark_ || verdict.action == rules::Action::block || (verdict.categories & rules.monitored).none()) return;
  if (verdict.reason == rules::Reason::essential && rules.essential == rules::Safeguarding::Essential::spared) return;
  auto& recorder = worker_.services().recorder;
  if (recorder.counters().backlog >= kMostWaiting) {
    worker_.count().add(telemetry::Counter::record_failures);
    return;
  }
  auto watched = verdict;
  std::tie(watched.concern_category, watched.concern_match) = monitored_of(verdict, policy);
  watched.concern = policy.concern[watched.concern_category];
  recorder.record(attempt(watched), {});
}

/// True where the verdict is no concern, or its attempt is on disk. What waits for an acceptance alone is no attempt at
/// anything, and neither is the self-test.
net::Task<bool> Session::make_durable() {
  const auto& verdict = tx_.verdict;
  if (verdict.concern == rules::Concern::none || verdict.action == rules::Action::allow) co_return true;
  if (verdict.reason == rules::Reason::acceptance || mark_) co_return true;

  struct Ticket {
    explicit Ticket(net::Executor executor) : done(executor) {}
    net::Event done;
    safeguarding::Recorded recorded = safeguarding::Recorded::deferred;
  };
  const auto ticket = std::make_shared<Ticket>(worker_.executor());
  // The last reference must not die on the recorder's thread, so the handler hands its own over.
  const auto on_recorded = [held = ticket, executor = worker_.executor()](safeguarding::Recorded recorded) mutable {
    net::asio::post(executor, [held = std::move(held), recorded] {
      held->recorded = recorded;
      held->done.set();
    });
  };
  const auto asked = Transaction::Steady::now();
  worker_.services().recorder.record(attempt(tx_.verdict), on_recorded);
  net::Deadline limit(worker_.wheel(), [ticket] { ticket->done.set(); });
  limit.expires_after(worker_.settings().record);
  co_await ticket->done.wait();
  if (ticket->recorded == safeguarding::Recorded::durable) {
    worker_.timings().add(telemetry::Timed::record, Transaction::Steady::now() - asked);
    co_return true;
  }
  worker_.count().add(telemetry::Counter::record_failures);
  co_return false;
}

}  // namespace breakwater::app
