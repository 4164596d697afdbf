// The part of the engine that knows URLs within URLs, and what a reason alone says.

#include "categories/carried_url.h"
#include "rules/circumvention.h"
#include "rules/engine.h"

namespace breakwater::rules {
namespace {

/// Whoever wraps a URL into more than so many others does it to hide it.
constexpr int kMostCarried = 3;

int severity(const Verdict& verdict) {
  if (verdict.action == Action::allow) return 0;
  return verdict.reason == Reason::floor || verdict.reason == Reason::engine_error ? 2 : 1;
}

void take_concern(Verdict& to, const Verdict& from) {
  if (from.concern <= to.concern) return;
  to.concern = from.concern;
  to.concern_category = from.concern_category;
  to.concern_match = from.concern_match;
}

/// Makes one of the verdict on what was asked for and that on what it carries. Of two that block alike, the graver
/// concern is named.
Verdict stricter(const Verdict& outer, const Verdict& inner) {
  const int excess = severity(inner) - severity(outer);
  const bool inner_decides = excess > 0 || (excess == 0 && severity(inner) > 0 && inner.concern > outer.concern);
  Verdict out = inner_decides ? inner : outer;
  out.categories = outer.categories | inner.categories;
  take_concern(out, outer);
  take_concern(out, inner);
  if (out.action == Action::allow) out.quotas = outer.quotas | inner.quotas;
  const bool is_final = severity(out) > 1;
  for (const auto& until : {outer.until, inner.until})
    if (!is_final && until && (!out.until || *until < *out.until)) out.until = until;
  return out;
}

}  // namespace

/// The carrier is dialled, so what it carries is judged as far as it shows: its host, and by plain HTTP its path.
void Engine::judge_carried(Verdict& verdict, const Facts& facts, const Subject& subject, const PeriodSpan& span,
                           std::optional<SysSeconds> now) {
  auto carried = categories::carried_url(facts.host, facts.path);
  if (!carried || verdict.reason == Reason::essential) return;
  for (int depth = 0; carried; ++depth) {
    Verdict inner;
    inner.period = verdict.period;
    inner.group = verdict.group;
    inner.carried_by = carried->by;
    if (depth == kMostCarried) {
      inner.reason = Reason::nested_proxy;
      note_kind(inner);
      verdict = stricter(verdict, inner);
      return;
    }
    const Facts within{facts.stage == Stage::http_request ? Stage::http_request : Stage::hello, carried->host,
                       facts.port, carried->path};
    classify(within);
    if (classification_.status == categories::ClassifyStatus::ok) {
      inner.categories = classification_.categories;
      judge(inner, within, subject, span, now);
    }
    verdict = stricter(verdict, inner);
    carried = categories::carried_url(carried->host, carried->path);
  }
}

void Engine::note_kind(Verdict& verdict) const {
  const auto name = category_of(verdict.reason);
  const auto id = name.empty() ? std::nullopt : snapshot_->catalogue->categories().find(name);
  if (!id) return;
  verdict.categories.set(*id);
  const auto& concern = snapshot_->policy.concern;
  if (*id >= concern.size() || concern[*id] <= verdict.concern) return;
  verdict.concern = concern[*id];
  verdict.concern_category = *id;
  verdict.concern_match.reset();
}

}  // namespace breakwater::rules
