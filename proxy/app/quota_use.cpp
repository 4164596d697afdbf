// What a request uses of the quotas of its person.

#include "proxy/app/session.h"
#include "proxy/app/upload.h"
#include "proxy/app/worker.h"

namespace breakwater::app {

/// Of the request at hand, as its line in the log will have it.
Session::Moved Session::moved() const {
  return {tx_.bytes_up + (relay_ ? relay_->bytes_up() : 0) + (upload_ ? upload_->bytes() : 0),
          tx_.bytes_down + (relay_ ? relay_->bytes_down() : 0)};
}

std::uint64_t Session::moved_both_ways() const {
  const auto [up, down] = moved();
  return up + down;
}

void Session::count_use() {
  if (quotas_ == 0 || mark_) return;
  const auto now = moved_both_ways();
  if (now > counted_) worker_.note_use(present_, quotas_, now - counted_);
  counted_ = now;
}

/// From now on what moves is use of these.
void Session::count_for(std::uint32_t quotas) {
  count_use();
  quotas_ = mark_ ? 0 : quotas;
  counted_ = moved_both_ways();
}

Session::Rejudged Session::spend_again(rules::SysSeconds now) {
  return worker_.spent(present_, now) == present_.spent ? Rejudged::nothing_open : rejudge(net::End::quota, now);
}

/// Of the quota that decided.
pages::QuotaUse Session::quota_use() const {
  const auto& policy = tx_.engine->snapshot()->policy;
  pages::QuotaUse use;
  for (const auto& standing : worker_.services().ledger.remaining(policy, rules::person_key(subject_), subject_.group,
                                                                  worker_.services().clock.seconds())) {
    const auto& quota = policy.quotas[standing.quota];
    if (quota.name != tx_.verdict.quota) continue;
    const auto minutes = [](std::chrono::seconds time) {
      return static_cast<std::uint64_t>(std::chrono::floor<std::chrono::minutes>(time).count());
    };
    if (quota.minutes) use.minutes = {minutes(standing.active), minutes(*quota.minutes)};
    if (quota.bytes) use.bytes = {standing.bytes, *quota.bytes};
  }
  return use;
}

}  // namespace breakwater::app
