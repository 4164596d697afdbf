#include "proxy/selftest/run.h"

#include <algorithm>

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

/// As one group is shown: ways that went wrong for one and the same reason.
void add(std::vector<Miss>& misses, Miss miss) {
  const auto same = std::find_if(misses.begin(), misses.end(),
                                 [&](const Miss& one) { return one.group == miss.group && one.why == miss.why; });
  if (same == misses.end())
    misses.push_back(std::move(miss));
  else
    same->ways.insert(same->ways.end(), miss.ways.begin(), miss.ways.end());
}

}  // namespace

std::size_t Run::missed() const {
  return static_cast<std::size_t>(
      std::count_if(checks.begin(), checks.end(), [](const Check& check) { return !check.misses.empty(); }));
}

std::optional<Miss> judge(const Target& target, const std::string& group, Way way, const Answer& answer) {
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

void carry_out(Run& run, const std::vector<Target>& targets, Prober& prober, const std::atomic<bool>& ending) {
  const auto begin = std::chrono::steady_clock::now();
  int silent = 0;
  for (const auto& target : targets) {
    Check check{target, {}, {}};
    std::size_t open = 0;
    std::size_t asked = 0;
    for (const auto& group : target.groups) {
      if (std::find(run.groups.begin(), run.groups.end(), group) == run.groups.end()) run.groups.push_back(group);
      for (const auto way : target.ways) {
        if (ending) {
          run.failure = "the gateway ended";
          return;
        }
        const auto answer = prober.probe(group, way, target.host, target.path);
        ++run.probes;
        ++asked;
        if (answer.judgement && answer.judgement->action == Action::allow) ++open;
        silent = answer.wire == Wire::silent ? silent + 1 : 0;
        if (auto miss = judge(target, group, way, answer)) add(check.misses, *std::move(miss));
        if (silent < kMostSilent) continue;
        run.failure = "the gateway does not answer at its own listener: " + answer.detail;
        return;
      }
    }
    if (target.expect == Target::Expect::either)
      check.seen = open == 0 ? "blocked" : open == asked ? "let through" : "let through for some";
    run.checks.push_back(std::move(check));
  }
  run.took = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begin);
  if (targets.empty()) run.failure = "there is nothing to ask for";
}

}  // namespace breakwater::selftest
