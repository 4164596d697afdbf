#include "proxy/selftest/run.h"

#include <algorithm>

#include "proxy/net/listener.h"
#include "rules/diagnostic_sink.h"

namespace breakwater::selftest {
namespace {

using rules::Action;
using rules::in_quotes;
using rules::Reason;
using Wire = Answer::Wire;

constexpr int kMostSilent = 3;

/// Does this reason stop the site for what it is? What is blocked because nobody could judge it proves nothing.
bool is_sound(Reason reason) {
  switch (reason) {
    case Reason::floor:
    case Reason::rule:
    case Reason::group_default:
    case Reason::quota:
    case Reason::sni:  // another name than the one asked for is refused whatever it is
      return true;
    default:
      return false;
  }
}

std::string reason_text(const Judgement& judgement) {
  auto text = judgement.rule.empty() ? std::string(to_string(judgement.reason)) : "rule " + in_quotes(judgement.rule);
  if (!judgement.period.empty()) text.append(", in the period ").append(in_quotes(judgement.period));
  return text;
}

std::string remedy_of_open(const Target& target, const std::string& group, const Judgement& judgement) {
  const auto subject = target.category.empty() ? target.host : target.category;
  switch (judgement.reason) {
    case Reason::essential:
      return "Take it out of [essential] in the policy.";
    case Reason::allow_list:
      return "A local list allows it: `breakwater lists find " + target.host + "` shows the line; take it out.";
    case Reason::rule:
      return "Change the rule " + in_quotes(judgement.rule) + " for " + group + ", or name " + in_quotes(subject) +
             " in [floor].";
    default:
      return "Name " + in_quotes(subject) + " in [floor] of the policy, or in a rule that blocks it for " + group +
             "; see that no list of exceptions takes it out.";
  }
}

std::string remedy_of_block(const Target& target, const std::string& group, const Judgement& judgement) {
  if (judgement.reason == Reason::floor)
    return "It is in the floor: see `breakwater explain` for the list that names it.";
  if (judgement.reason == Reason::rule)
    return "Change the rule " + in_quotes(judgement.rule) + " for " + group + ", or name " + target.host +
           " in [essential].";
  return "Name " + target.host + " in [essential], or in a rule that allows it for " + group + ".";
}

constexpr std::string_view kSeeLog = "Tell who runs the gateway: its messages say more.";

void add_once(std::vector<std::string>& values, std::string value) {
  if (std::find(values.begin(), values.end(), value) == values.end()) values.push_back(std::move(value));
}

/// As one group is shown: ways that went wrong for one and the same reason.
void add(std::vector<Miss>& misses, Miss miss) {
  const auto same = std::find_if(misses.begin(), misses.end(),
                                 [&](const Miss& one) { return one.group == miss.group && one.why == miss.why; });
  if (same == misses.end())
    misses.push_back(std::move(miss));
  else
    for (auto& way : miss.ways)
      add_once(same->ways, std::move(way));
}

/// Asks one question after the other.
class Carrier {
 public:
  Carrier(Run& run, std::vector<Prober>& probers, const std::atomic<bool>& ending)
      : run_(run), probers_(probers), ending_(ending), silent_(probers.size()) {}

  void carry_out(const std::vector<Target>& targets) {
    const auto begin = std::chrono::steady_clock::now();
    for (const auto& prober : probers_)
      add_once(run_.doors, std::string(to_string(prober.door().kind)));
    for (const auto& target : targets) {
      Check check{target, {}, {}};
      if (!ask(check)) return;
      run_.checks.push_back(std::move(check));
    }
    run_.took = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begin);
    if (run_.probes == 0) run_.failure = "there is nothing to ask for";
  }

 private:
  /// False: there is no use in going on, and the run says why.
  bool ask(Check& check) {
    open_ = asked_ = 0;
    for (const auto& group : check.target.groups) {
      add_once(run_.groups, group);
      for (std::size_t door = 0; door < probers_.size(); ++door)
        for (const auto way : check.target.ways)
          if (is_asked(check.target, probers_[door], way) && !ask(check, group, door, way)) return false;
    }
    if (check.target.expect == Target::Expect::either)
      check.seen = open_ == 0 ? "blocked" : open_ == asked_ ? "let through" : "let through for some";
    return true;
  }

  /// At an intercepted door an address is no name, and what becomes of it is a setting's business (intercept.nameless).
  static bool is_asked(const Target& target, const Prober& prober, Way way) {
    const auto kind = prober.door().kind;
    return leads(kind, way) && !(is_intercepted(kind) && categories::IpAddress::parse(target.host));
  }

  bool ask(Check& check, const std::string& group, std::size_t door, Way way) {
    auto& prober = probers_[door];
    if (ending_) {
      run_.failure = "the gateway ended";
      return false;
    }
    const auto answer = prober.probe(group, way, check.target.host, check.target.path);
    ++run_.probes;
    ++asked_;
    if (answer.judgement && answer.judgement->action == Action::allow) ++open_;
    silent_[door] = answer.wire == Wire::silent ? silent_[door] + 1 : 0;
    if (auto miss = judge(check.target, group, to_text(prober.door().kind, way), answer))
      add(check.misses, *std::move(miss));
    if (silent_[door] < kMostSilent) return true;
    run_.failure = "the gateway does not answer at its own listener " + net::to_string(prober.door().at) + " (" +
                   std::string(to_string(prober.door().kind)) + "): " + answer.detail;
    return false;
  }

  Run& run_;
  std::vector<Prober>& probers_;
  const std::atomic<bool>& ending_;
  std::vector<int> silent_;  ///< by door: in a row
  std::size_t open_ = 0;     ///< of the questions of one check
  std::size_t asked_ = 0;
};

}  // namespace

std::size_t Run::missed() const {
  return static_cast<std::size_t>(
      std::count_if(checks.begin(), checks.end(), [](const Check& check) { return !check.misses.empty(); }));
}

std::optional<Miss> judge(const Target& target, const std::string& group, const std::string& way,
                          const Answer& answer) {
  const auto miss = [&](std::string why, std::string action) {
    return Miss{group, {way}, std::move(why), std::move(action)};
  };
  if (answer.wire == Wire::silent) return miss("no answer: " + answer.detail, std::string(kSeeLog));
  if (!answer.judgement) return miss("the gateway did not know its own self-test", std::string(kSeeLog));
  const auto& judgement = *answer.judgement;
  const bool stopped = answer.wire == Wire::page || answer.wire == Wire::alert;
  const bool blocked = judgement.action == Action::block;
  if (answer.wire == Wire::other || blocked != stopped)
    return miss(answer.detail.empty() ? "what it answered is not what it decided" : answer.detail,
                std::string(kSeeLog));
  if (blocked && !is_sound(judgement.reason))
    return miss("blocked, but not for what it is (" + reason_text(judgement) + ")", std::string(kSeeLog));
  if (target.expect == Target::Expect::block && !blocked && judgement.reason != Reason::pass)
    return miss("LET THROUGH (" + reason_text(judgement) + ")", remedy_of_open(target, group, judgement));
  if (target.expect == Target::Expect::allow && blocked)
    return miss("BLOCKED (" + reason_text(judgement) + ")", remedy_of_block(target, group, judgement));
  return std::nullopt;
}

void carry_out(Run& run, const std::vector<Target>& targets, std::vector<Prober>& probers,
               const std::atomic<bool>& ending) {
  Carrier(run, probers, ending).carry_out(targets);
}

}  // namespace breakwater::selftest
