#include "rules/engine.h"

#include <algorithm>

#include "categories/url.h"
#include "rules/civil_time.h"

namespace breakwater::rules {
namespace {

using categories::ListId;
using categories::ListRole;
using categories::Match;

/// Somebody has named the very host or address.
bool is_named(Reason reason) {
  return reason == Reason::essential || reason == Reason::allow_list || reason == Reason::pass;
}

/// How far ahead a blocked person is told of an opening: a week and the day after, so that "the same time next week" is
/// seen.
constexpr std::chrono::days kLookAhead{8};
/// A span without an end was looked for within a horizon from one instant; it may not be believed for ever.
constexpr std::chrono::days kCacheFor{1};

constexpr std::uint16_t kDnsOverTls = 853;  // RFC 7858 3.1

bool is_by_hand(ListRole role) {
  return role == ListRole::local || role == ListRole::recategorise;
}

/// Of one request at two instants of one period: do they say the same?
bool is_same(const Verdict& a, const Verdict& b) {
  const auto entry = [](const Verdict& verdict) {
    return verdict.because ? std::pair(verdict.because->list, verdict.because->line) : std::pair(ListId(), 0u);
  };
  return a.action == b.action && a.reason == b.reason && a.pass == b.pass && a.rule == b.rule && a.quotas == b.quotas &&
         entry(a) == entry(b);
}

bool is_stricter(const Ruling& a, const Ruling& b) {
  return a.action != b.action ? a.action == Action::block : a.rule < b.rule;
}

}  // namespace

Engine::Engine(std::shared_ptr<const Snapshot> snapshot)
    : snapshot_(std::move(snapshot)),
      scratch_(snapshot_->catalogue->make_scratch()),
      spans_(snapshot_->policy.timetables.size()) {}

Verdict Engine::decide(const Facts& facts, const Subject& subject, SysSeconds now) {
  auto verdict = refuse(Reason::engine_error, subject, now);
  classify(facts);
  if (classification_.status != categories::ClassifyStatus::ok) return verdict;
  verdict.categories = classification_.categories;
  const auto& span = period(subject.group, now);
  judge(verdict, facts, subject, span, now);
  judge_carried(verdict, facts, subject, span, now);
  ask_for_sign_in(verdict, subject);
  ask_for_acceptance(verdict, subject);
  return verdict;
}

Verdict Engine::decide_in(std::string_view period, const Facts& facts, GroupId group) {
  Verdict verdict;
  const auto& groups = snapshot_->policy.groups;
  verdict.period = period;
  if (group < groups.size()) verdict.group = groups[group].name;
  classify(facts);
  if (classification_.status != categories::ClassifyStatus::ok) return verdict;
  verdict.categories = classification_.categories;
  Subject subject;
  subject.group = group;
  const PeriodSpan span{period, std::nullopt, std::nullopt};
  judge(verdict, facts, subject, span, std::nullopt);
  judge_carried(verdict, facts, subject, span, std::nullopt);
  return verdict;
}

Verdict Engine::refuse(Reason reason, const Subject& subject, SysSeconds now) {
  const auto& groups = snapshot_->policy.groups;
  Verdict verdict;
  verdict.reason = reason;
  verdict.period = period(subject.group, now).period;
  if (subject.group < groups.size()) verdict.group = groups[subject.group].name;
  note_kind(verdict);
  return verdict;
}

std::optional<SysSeconds> Engine::opens_at(const Facts& facts, const Subject& subject, SysSeconds now) {
  auto then = subject;
  then.acceptance = Acceptance::given;
  for (auto when = now; when <= now + kLookAhead;) {
    then.spent = still_spent(subject, now, when);
    const auto verdict = decide(facts, then, when);
    if (verdict.action == Action::allow) return when;
    if (!verdict.until) break;
    when = *verdict.until;
  }
  return std::nullopt;
}

std::optional<SysSeconds> Engine::next_bell(SysSeconds now) {
  auto next = snapshot_->passes ? snapshot_->passes->next_edge(now) : std::nullopt;
  const auto& policy = snapshot_->policy;
  for (const auto& group : policy.groups) {
    if (!group.timetable) continue;
    const auto until = timetable_span(*group.timetable, now).until;
    if (until && (!next || *until < *next)) next = until;
  }
  const auto is_daily = [](const Quota& quota) { return quota.per == Quota::Per::day; };
  if (std::any_of(policy.quotas.begin(), policy.quotas.end(), is_daily)) {
    const auto midnight = day_of(now, *policy.zone).until;
    if (!next || midnight < *next) next = midnight;
  }
  return next;
}

const PeriodSpan& Engine::period(GroupId group, SysSeconds now) {
  static const PeriodSpan kAlways;
  const auto& groups = snapshot_->policy.groups;
  if (group >= groups.size() || !groups[group].timetable) return kAlways;
  return timetable_span(*groups[group].timetable, now);
}

const PeriodSpan& Engine::timetable_span(std::uint16_t timetable, SysSeconds now) {
  auto& cached = spans_[timetable];
  if (now < cached.from || now >= cached.until) {
    cached.span = snapshot_->policy.timetables[timetable].at(now);
    cached.from = std::max(cached.span.from.value_or(SysSeconds::min()), now - kCacheFor);
    cached.until = std::min(cached.span.until.value_or(SysSeconds::max()), now + kCacheFor);
  }
  return cached.span;
}

void Engine::classify(const Facts& facts) {
  classification_.clear();
  classification_.status = categories::ClassifyStatus::engine_error;
  if (!scratch_) return;
  match_text_.clear();
  if (facts.stage == Stage::http_request) categories::append_match_text(match_text_, facts.host, facts.path);
  snapshot_->catalogue->classify(facts.host, match_text_, *scratch_, classification_);
}

void Engine::judge(Verdict& verdict, const Facts& facts, const Subject& subject, const PeriodSpan& span,
                   std::optional<SysSeconds> now) {
  const auto& policy = snapshot_->policy;
  if ((verdict.categories & policy.floor).any()) {
    verdict.reason = Reason::floor;
    note_concern(verdict);
    blame_floor(verdict);
    return;
  }
  if (const auto reason = refusal(facts, subject.group)) {
    verdict.reason = *reason;
  } else if (policy.is_essential(facts.host)) {
    verdict.action = Action::allow;
    verdict.reason = Reason::essential;
  } else {
    if (classification_.allow || classification_.recategorised) {
      // The IT provider's word: what feeds say of the host no longer counts, what they themselves put it into does.
      auto& matches = classification_.matches;
      matches.erase(
          std::remove_if(matches.begin(), matches.end(), [](const Match& match) { return !is_by_hand(match.role); }),
          matches.end());
      verdict.categories = classification_.local;
    }
    verdict.until = span.until;
    apply_rules(verdict, subject, {});
    if (now && (verdict.action == Action::block || verdict.quotas != 0))
      apply_passes(verdict, facts.host, subject, *now);
    if (now && verdict.reason == Reason::quota) note_return(verdict, *now);
  }
  if (facts.way == Way::intercepted && facts.host.is_literal() && verdict.action == Action::allow &&
      !is_named(verdict.reason)) {
    verdict.action = Action::block;
    verdict.reason = Reason::address_literal;
    verdict.because.reset();
    verdict.rule = {};
    verdict.quotas = 0;
  }
  if (verdict.action == Action::allow)
    verdict.dial_as = safe_name(facts.host, policy.groups[subject.group].safe_search);
  note_concern(verdict);
  note_kind(verdict);
}

std::optional<Reason> Engine::refusal(const Facts& facts, GroupId group) const {
  const auto& gate = snapshot_->gate;
  if (group >= snapshot_->policy.groups.size()) return Reason::unknown_client;
  if (facts.stage == Stage::connect) {
    const auto& ports = gate.connect_ports;
    if (std::find(ports.begin(), ports.end(), facts.port) == ports.end())
      return facts.port == kDnsOverTls ? Reason::dot : Reason::port;
  }
  const bool closed = facts.way == Way::intercepted
                          ? gate.nameless == Nameless::block
                          : facts.stage == Stage::connect && gate.address_literal == Choice::block;
  if (facts.host.is_literal() && closed) return Reason::address_literal;
  if (facts.host.is_literal() && !may_dial(gate, facts.host.address(), {})) return Reason::private_destination;
  return std::nullopt;
}

/// The entry of the gravest concern where that is in the floor, so that page and record name the same one; else the
/// first.
void Engine::blame_floor(Verdict& verdict) const {
  const auto& floor = snapshot_->policy.floor;
  if (verdict.concern_match && floor.test(verdict.concern_category)) {
    verdict.because = verdict.concern_match;
    return;
  }
  const auto& matches = classification_.matches;
  const auto found =
      std::find_if(matches.begin(), matches.end(), [&](const Match& match) { return floor.test(match.category); });
  if (found != matches.end()) verdict.because = *found;
}

/// What is in a lifted category counts as allowed by a pass, whose id is for the caller to give.
void Engine::apply_rules(Verdict& verdict, const Subject& subject, const categories::CategorySet& lifted) const {
  const auto& policy = snapshot_->policy;
  const auto& rulings = policy.rulings(subject.group, verdict.period);
  const Ruling* ruling = nullptr;
  std::optional<Match> opened;
  for (const auto& match : classification_.matches) {
    const bool ruled = match.category < rulings.size() && rulings[match.category];
    if (lifted.test(match.category) && !(ruled && rulings[match.category]->action == Action::allow)) {
      if (!opened) opened = match;
      continue;
    }
    if (!ruled) continue;
    const auto& candidate = *rulings[match.category];
    if (ruling && !is_stricter(candidate, *ruling)) continue;
    ruling = &candidate;
    verdict.because = match;
  }
  if (opened && (!ruling || ruling->action == Action::allow)) {
    verdict.action = Action::allow;
    verdict.reason = Reason::pass;
    verdict.because = opened;
  } else if (classification_.allow && (!ruling || ruling->action == Action::allow)) {
    verdict.action = Action::allow;
    verdict.reason = Reason::allow_list;
    verdict.because = classification_.allow;
  } else if (ruling) {
    verdict.action = ruling->action;
    verdict.reason = Reason::rule;
    verdict.rule = policy.rules[ruling->rule];
  } else {
    verdict.action = policy.groups[subject.group].fallback;
    verdict.reason = Reason::group_default;
  }
  if (verdict.action == Action::allow && !policy.quotas.empty()) apply_quotas(verdict, subject, lifted);
}

/// `verdict` blocks without passes, or is use of a quota. Its `until` becomes the first instant at which the passes
/// make another of it.
void Engine::apply_passes(Verdict& verdict, const categories::Host& host, const Subject& subject,
                          SysSeconds now) const {
  if (!snapshot_->passes) return;
  const auto passes = snapshot_->passes->concerning(subject.group, host, verdict.categories);
  if (passes.empty()) return;
  const auto without = verdict;
  apply_passes_at(verdict, host, subject, passes, now);
  for (const auto* entry : passes) {
    for (const auto edge : {entry->pass.from, entry->pass.until}) {
      if (edge <= now || (verdict.until && edge >= *verdict.until)) continue;
      auto then = without;
      apply_passes_at(then, host, subject, passes, edge);
      if (!is_same(then, verdict)) verdict.until = edge;
    }
  }
}

void Engine::apply_passes_at(Verdict& verdict, const categories::Host& host, const Subject& subject,
                             const Passes::Found& passes, SysSeconds when) const {
  const auto forget = [&verdict] {
    verdict.because.reset();
    verdict.rule = verdict.quota = {};
    verdict.quotas = 0;
  };
  categories::CategorySet lifted;
  for (const auto* entry : passes) {
    if (!entry->pass.holds_at(when)) continue;
    lifted |= entry->lifts;
    if (!entry->covers(host)) continue;
    verdict.action = Action::allow;
    verdict.reason = Reason::pass;
    verdict.pass = entry->pass.id;
    forget();
    return;
  }
  if (lifted.none()) return;
  forget();
  apply_rules(verdict, subject, lifted);
  if (verdict.reason != Reason::pass) return;
  for (const auto* entry : passes) {
    if (!entry->pass.holds_at(when) || (verdict.because && !entry->lifts.test(verdict.because->category))) continue;
    verdict.pass = entry->pass.id;
    return;
  }
}

/// What a rule, a pass or the default says is for somebody who is known. The same request comes again with credentials,
/// and is recorded then.
void Engine::ask_for_sign_in(Verdict& verdict, const Subject& subject) const {
  const auto& groups = snapshot_->policy.groups;
  if (subject.confidence == Confidence::account || subject.group >= groups.size() ||
      groups[subject.group].sign_in == SignIn::not_asked)
    return;
  const bool is_policy = verdict.reason == Reason::rule || verdict.reason == Reason::group_default ||
                         verdict.reason == Reason::allow_list || verdict.reason == Reason::pass ||
                         verdict.reason == Reason::quota;
  if (!is_policy) return;
  verdict.action = Action::block;
  verdict.reason = Reason::sign_in;
  verdict.because.reset();
  verdict.concern = Concern::none;
  verdict.concern_match.reset();
  verdict.until.reset();
  verdict.quotas = 0;
  verdict.rule = verdict.pass = verdict.quota = verdict.dial_as = {};
}

void Engine::ask_for_acceptance(Verdict& verdict, const Subject& subject) const {
  const auto& terms = snapshot_->policy.acceptance;
  if (verdict.action == Action::block || verdict.reason == Reason::essential) return;
  if (subject.acceptance == Acceptance::given || !terms || !terms->asks(subject.group)) return;
  verdict.action = Action::block;
  verdict.reason = Reason::acceptance;
  verdict.because.reset();
  verdict.rule = verdict.pass = verdict.dial_as = {};
  verdict.quotas = 0;
}

void Engine::note_concern(Verdict& verdict) const {
  const auto& concern = snapshot_->policy.concern;
  for (const auto& match : classification_.matches) {
    if (concern[match.category] <= verdict.concern) continue;
    verdict.concern = concern[match.category];
    verdict.concern_category = match.category;
    verdict.concern_match = match;
  }
}

}  // namespace breakwater::rules
