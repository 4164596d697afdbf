// An attempt in a concern category: made of the request at hand, and waited for until it is on disk.

#include "proxy/app/session.h"
#include "proxy/app/worker.h"
#include "rules/civil_time.h"

namespace breakwater::app {

safeguarding::Attempt Session::attempt() const {
  const auto& verdict = tx_.verdict;
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
  attempt.method = tx_.method;
  attempt.sni = tx_.sni;
  attempt.category = snapshot.catalogue->categories().name(verdict.concern_category);
  attempt.concern = to_string(verdict.concern);
  if (verdict.concern_match) {
    attempt.list = snapshot.catalogue->lists()[verdict.concern_match->list].name;
    attempt.line = verdict.concern_match->line;
  }
  attempt.rule = verdict.rule;
  attempt.period = verdict.period;
  attempt.reason = to_string(verdict.reason);
  return attempt;
}

/// True where the verdict is no concern, or its attempt is on disk. What waits for an acceptance alone is no attempt at
/// anything.
net::Task<bool> Session::make_durable() {
  const auto& verdict = tx_.verdict;
  if (verdict.concern == rules::Concern::none || verdict.action == rules::Action::allow) co_return true;
  if (verdict.reason == rules::Reason::acceptance) co_return true;

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
  worker_.services().recorder.record(attempt(), on_recorded);
  net::Deadline limit(worker_.wheel(), [ticket] { ticket->done.set(); });
  limit.expires_after(worker_.settings().record);
  co_await ticket->done.wait();
  if (ticket->recorded == safeguarding::Recorded::durable) co_return true;
  worker_.count().add(telemetry::Counter::record_failures);
  co_return false;
}

}  // namespace breakwater::app
