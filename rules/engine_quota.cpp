// The part of the engine that knows quotas.

#include <algorithm>

#include "rules/civil_time.h"
#include "rules/engine.h"

namespace breakwater::rules {

using categories::Match;

/// What is allowed is use of the quotas of its categories, and blocked where one of them is used up; but not by those
/// of what a pass lifts. The word of the local allow list stands.
void Engine::apply_quotas(Verdict& verdict, const Subject& subject, const categories::CategorySet& lifted) const {
  const auto& policy = snapshot_->policy;
  const auto blame = [&](const categories::CategorySet& blamed) {
    const auto& matches = classification_.matches;
    const auto found =
        std::find_if(matches.begin(), matches.end(), [&](const Match& match) { return blamed.test(match.category); });
    if (found != matches.end()) verdict.because = *found;
    verdict.rule = {};
  };
  const auto all = quotas_of(policy, subject.group, verdict.period, verdict.categories);
  const auto left = quotas_of(policy, subject.group, verdict.period, verdict.categories & ~lifted);
  if (const auto spent = left & subject.spent; spent != 0 && verdict.reason != Reason::allow_list) {
    // One of the period is named, if there is any: it does not return before the verdict ends.
    const Quota* named = nullptr;
    for (std::size_t i = 0; i < policy.quotas.size(); ++i)
      if ((spent & quota_bit(i)) != 0 && (!named || policy.quotas[i].per < named->per)) named = &policy.quotas[i];
    verdict.action = Action::block;
    verdict.reason = Reason::quota;
    verdict.quota = named->name;
    verdict.quotas = spent;
    blame(named->categories);
  } else if (verdict.reason != Reason::pass) {
    verdict.quotas = left;
    if (all == 0 || left != 0) return;
    verdict.reason = Reason::pass;
    blame(lifted);
  }
}

/// When what is used up returns, where that is before the end of the period.
void Engine::note_return(Verdict& verdict, SysSeconds now) const {
  const auto& policy = snapshot_->policy;
  for (std::size_t i = 0; i < policy.quotas.size(); ++i)
    if ((verdict.quotas & quota_bit(i)) != 0 && policy.quotas[i].per == Quota::Per::period) return;
  const auto midnight = day_of(now, *policy.zone).until;
  if (!verdict.until || midnight < *verdict.until) verdict.until = midnight;
}

/// Of what is spent at `since`: that of which the stretch has not ended by `when`.
std::uint32_t Engine::still_spent(const Subject& subject, SysSeconds since, SysSeconds when) const {
  const auto& policy = snapshot_->policy;
  auto spent = subject.spent;
  for (std::size_t i = 0; spent != 0 && i < policy.quotas.size(); ++i)
    if (!stretch_of(policy, policy.quotas[i].per, subject.group, since).contains(when)) spent &= ~quota_bit(i);
  return spent;
}

}  // namespace breakwater::rules
