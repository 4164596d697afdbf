#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "categories/catalogue.h"
#include "rules/facts.h"
#include "rules/gate.h"
#include "rules/pass.h"
#include "rules/policy.h"
#include "rules/subject.h"
#include "rules/verdict.h"

namespace breakwater::rules {

/// Catalogue, policy, gate and passes in force, swapped whole.
struct Snapshot {
  std::shared_ptr<const categories::Catalogue> catalogue;
  Policy policy;
  Gate gate;
  std::shared_ptr<const Passes> passes{};  ///< nullptr: none
};

/// The one place where a decision is made: live path, `check`, rehearsal and self-test call it. Holds a thread's
/// scratch and cached periods, so an Engine belongs to one thread; it keeps its snapshot alive. Pure in its arguments:
/// time is a parameter.
class Engine {
 public:
  explicit Engine(std::shared_ptr<const Snapshot> snapshot);

  /// Order: engine failure -> block; floor -> block; unknown client, port, address literal, private literal -> block;
  /// essential -> allow; nobody signed in where the group must -> block; pass -> allow what would else be blocked
  /// below; local allow -> allow; what a local list recategorises is no longer what feeds say; rules, the strictest
  /// category winning -> allow or block; the group's default; a quota that is used up (subject.spent) -> block what
  /// rules or default allow. What is not essential and would be allowed is blocked as long as the subject has not
  /// accepted what the policy asks its group to accept. Where the URL carries another one (categories/carried_url.h),
  /// that is judged too, and the stricter of the two verdicts holds; but what is essential stays so. A pass for a
  /// category opens a site only where nothing but that category blocks it. What a pass opens is no use of a quota. The
  /// verdict's views live as long as snapshot().
  Verdict decide(const Facts& facts, const Subject& subject, SysSeconds now);

  /// The same where the clock does not matter, without passes: in a period of the group's timetable, as its name is.
  /// For rehearsals and explanations.
  Verdict decide_in(std::string_view period, const Facts& facts, GroupId group);

  /// A verdict for what could not be judged (malformed, not_tls, no_sni, sni, private_destination, ...): always block.
  /// What is recognised as a way round the filter has the category of its kind, and what the policy minds of that.
  Verdict refuse(Reason reason, const Subject& subject, SysSeconds now);

  /// The first instant from `now` on at which the same question would be allowed to one who has accepted what is to be
  /// accepted, looking 8 days ahead; for the block page. What is spent now is not spent again in a later stretch.
  std::optional<SysSeconds> opens_at(const Facts& facts, const Subject& subject, SysSeconds now);

  /// When the group's period ends; none where no bell is in sight.
  std::optional<SysSeconds> bell(GroupId group, SysSeconds now) { return period(group, now).until; }

  /// The next bell of any group, edge of any pass, or midnight where a quota returns then, after `now`.
  std::optional<SysSeconds> next_bell(SysSeconds now);

  const std::shared_ptr<const Snapshot>& snapshot() const { return snapshot_; }

 private:
  /// A span and the stretch of time in which it may be used again.
  struct CachedSpan {
    PeriodSpan span;
    SysSeconds from = SysSeconds::max();
    SysSeconds until = SysSeconds::min();
  };

  const PeriodSpan& period(GroupId group, SysSeconds now);
  const PeriodSpan& timetable_span(std::uint16_t timetable, SysSeconds now);
  void classify(const Facts& facts);
  /// Without `now` no pass counts.
  void judge(Verdict& verdict, const Facts& facts, const Subject& subject, const PeriodSpan& span,
             std::optional<SysSeconds> now);
  std::optional<Reason> refusal(const Facts& facts, GroupId group) const;
  void blame_floor(Verdict& verdict) const;
  void apply_rules(Verdict& verdict, const Subject& subject, const categories::CategorySet& lifted) const;
  void apply_quotas(Verdict& verdict, const Subject& subject, const categories::CategorySet& lifted) const;
  std::uint32_t still_spent(const Subject& subject, SysSeconds since, SysSeconds when) const;
  void note_return(Verdict& verdict, SysSeconds now) const;
  void apply_passes(Verdict& verdict, const categories::Host& host, const Subject& subject, SysSeconds now) const;
  void apply_passes_at(Verdict& verdict, const categories::Host& host, const Subject& subject,
                       const Passes::Found& passes, SysSeconds when) const;
  void ask_for_sign_in(Verdict& verdict, const Subject& subject) const;
  void note_concern(Verdict& verdict) const;
  void note_kind(Verdict& verdict) const;
  void judge_carried(Verdict& verdict, const Facts& facts, const Subject& subject, const PeriodSpan& span,
                     std::optional<SysSeconds> now);
  void ask_for_acceptance(Verdict& verdict, const Subject& subject) const;

  std::shared_ptr<const Snapshot> snapshot_;
  categories::Catalogue::ScratchPtr scratch_;
  categories::Classification classification_;
  std::string match_text_;
  std::vector<CachedSpan> spans_;  ///< by timetable
};

}  // namespace breakwater::rules
