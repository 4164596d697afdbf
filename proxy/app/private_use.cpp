// What people do in their own time is counted, where the policy says so, in place of a line in the access log.

#include "proxy/app/session.h"
#include "proxy/app/worker.h"

namespace breakwater::app {

/// Names of the verdict's categories; they live as long as the engine is pinned.
std::vector<std::string_view> Session::category_names() const {
  return tx_.engine->snapshot()->catalogue->categories().names(tx_.verdict.categories);
}

/// What has just been allowed, to a person.
void Session::count_if_private() {
  if (mark_ || !tx_.engine->snapshot()->policy.private_use.covers(tx_.verdict)) return;
  tx_.kept = Transaction::Kept::count;
  worker_.services().private_use.add(std::chrono::floor<std::chrono::seconds>(tx_.time), tx_.verdict.group,
                                     tx_.verdict.period, category_names());
}

/// Somebody's own time stays that when a bell ends it. What was stopped before it began, or turned out to be a concern,
/// has its line.
bool Session::is_counted_only() const {
  const bool stopped = tx_.verdict.action == rules::Action::block && !sentence_;
  return tx_.kept == Transaction::Kept::count && !stopped && tx_.verdict.concern == rules::Concern::none &&
         tx_.pseudonym.empty();
}

}  // namespace breakwater::app
