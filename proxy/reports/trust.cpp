#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "proxy/reports/sections.h"
#include "proxy/reports/words.h"

namespace breakwater::reports {
namespace {

using Align = Table::Column::Align;

constexpr std::size_t kMostMissed = 4;  ///< of one check; the evidence sheet has all

void add_states(const Report& report, Blocks& out) {
  constexpr std::array<std::string_view, 5> kOrder{"new", "seen", "under review", "referred", "no further action"};
  Table table;
  table.caption = fmt::format("Where the episodes of this {} stand", report.span);
  table.columns = {{"State", 2}, {"Episodes", 1, Align::end}, {"What it means", 5}};
  constexpr std::array<std::string_view, 5> kMeanings{
      "Nobody has looked at it.", "Looked at; nothing decided yet.", "Somebody is finding out more.",
      "Passed on: to the police, Prevent, social care, or as the outcome says.", "Looked at, and closed."};
  for (std::size_t i = 0; i < kOrder.size(); ++i) {
    const auto count = std::count_if(report.episodes.begin(), report.episodes.end(),
                                     [&](const auto& episode) { return episode.state == kOrder[i]; });
    table.rows.push_back({{std::string(kOrder[i]), {}, {}},
                          {grouped(static_cast<std::uint64_t>(count)), {}, {}},
                          {std::string(kMeanings[i]), {}, {}}});
  }
  out.emplace_back(std::move(table));
}

void add_decisions(const Report& report, Blocks& out) {
  Table table;
  table.caption =
      "Decisions, oldest first within each episode. What is sealed opens with \u201Cbreakwater report --names\u201D";
  table.columns = {{"When", 1.2}, {"Episode", 1.3}, {"State", 1.1}, {"By", 1.2}, {"Reason", 2}, {"Outcome", 2}};
  for (const auto& episode : report.episodes)
    for (const auto& decision : episode.decisions)
      table.rows.push_back({{moment_text(decision.time, *report.zone), {}, {}},
                            {episode.reference, {}, episode.reference},
                            {decision.state, {}, {}},
                            {decision.by, {}, {}},
                            {decision.reason, {}, {}},
                            {decision.outcome, {}, {}}});
  if (table.rows.empty())
    out.emplace_back(Paragraph{.text = "No decision is written down yet."});
  else
    out.emplace_back(std::move(table));
}

void add_first_looks(const Report& report, Blocks& out) {
  out.emplace_back(Heading{.level = 3, .text = "Time to a first look"});
  Table table;
  table.caption = "From an episode\u2019s first attempt until somebody looked at it";
  table.columns = {{"Severity", 2},
                   {"Looked at", 1, Align::end},
                   {"Half within", 1.3, Align::end},
                   {"Longest", 1.3, Align::end},
                   {"Not yet", 1, Align::end}};
  for (const auto severity : kGravestFirst) {
    std::vector<std::chrono::seconds> looks;
    std::uint64_t open = 0;
    for (const auto& episode : report.episodes) {
      if (episode.severity != severity) continue;
      if (episode.looked)
        looks.push_back(*episode.looked - episode.first);
      else
        ++open;
    }
    std::sort(looks.begin(), looks.end());
    table.rows.push_back({{std::string(to_string(severity)), tone_of(severity), {}},
                          {grouped(looks.size()), {}, {}},
                          {looks.empty() ? "\u2013" : span_text(looks[(looks.size() - 1) / 2]), {}, {}},
                          {looks.empty() ? "\u2013" : span_text(looks.back()), {}, {}},
                          {grouped(open), {}, {}}});
  }
  out.emplace_back(std::move(table));
}

/// What is beside the result of a check: what it missed, cut where there is much of it, and what was done.
std::string detail_of(const Check& check) {
  auto text = check.result;
  for (std::size_t i = 0; i < std::min(check.missed.size(), kMostMissed); ++i)
    text.append(". ").append(check.missed[i]);
  if (check.missed.size() > kMostMissed)
    text += fmt::format(". And {} more: see the evidence sheet", check.missed.size() - kMostMissed);
  for (const auto& action : check.actions)
    text.append(". Done: ").append(action);
  if (check.outcome == Check::Outcome::failed && check.actions.empty())
    text.append(". What was done about it is not written down");
  return text;
}

void add_checks(const Report& report, Blocks& out) {
  out.emplace_back(Heading{.text = "Checks of the filter"});
  if (report.checks.empty()) {
    out.emplace_back(
        Paragraph{.text = fmt::format("No check of the filter is recorded in this {}. This report therefore "
                                      "does not show that the filter worked.",
                                      report.span)});
    return;
  }
  Table table;
  table.caption = "Test pages sent through the filter as a learner would";
  table.columns = {{"When", 1.3}, {"What", 1.6}, {"Result", 0.9}, {"Detail", 3.4}};
  for (const auto& check : report.checks) {
    const bool passed = check.outcome == Check::Outcome::passed;
    table.rows.push_back({{moment_text(check.time, *report.zone), {}, {}},
                          {check.what, {}, {}},
                          {passed ? "passed" : "failed", passed ? Tone::good : Tone::danger, {}},
                          {detail_of(check), {}, {}}});
  }
  out.emplace_back(std::move(table));
}

void add_limits(const Report& report, Blocks& out) {
  out.emplace_back(Heading{.text = "What this report can and cannot see"});
  Bullets limits{report.coverage};
  limits.items.emplace_back(
      "Most of the web is encrypted: the filter sees which site was asked for, not which page, and nothing of what was "
      "read or written there. Nothing is decrypted.");
  for (const auto* const limit :
       {"A site is of concern because it is on a list. Lists miss sites, and name some wrongly.",
        "Mobile data, other networks, a VPN that was not stopped, QUIC where the network lets it pass, and messages "
        "inside "
        "of allowed apps are not seen.",
        "A device may be lent. Only where \u201Chow sure\u201D says account had somebody signed in.",
        "Software can ask for a site without its user: see \u201Cwhat asked\u201D with each episode."})
    limits.items.emplace_back(limit);
  out.emplace_back(std::move(limits));
}

}  // namespace

void add_case_work(const Report& report, Blocks& out) {
  if (report.episodes.empty()) return;
  out.emplace_back(Heading{.text = "Decisions and outcomes"});
  add_states(report, out);
  if (report.audience == Audience::dsl) add_decisions(report, out);
  add_first_looks(report, out);
}

void add_trust(const Report& report, Blocks& out) {
  add_checks(report, out);
  add_limits(report, out);
}

void add_seal(const Report& report, Blocks& out) {
  out.emplace_back(Heading{.text = "The seal of the records"});
  if (!report.head) {
    out.emplace_back(
        Paragraph{.text = "The records carry no signed seal yet, so this report cannot be checked against them."});
    return;
  }
  out.emplace_back(Paragraph{
      .text = "Each record carries a fingerprint of the one before. Keep this page: if a record up to "
              "this one is ever changed or removed, \u201Cbreakwater verify\u201D shows that it no longer leads "
              "to the fingerprint below."});
  out.emplace_back(Definitions{{{"Last sealed record", grouped(report.head->seq)},
                                {"Sealed", moment_text(report.head->time, *report.zone)},
                                {"Fingerprint", report.head->hash},
                                {"Signature", report.head->signature}}});
}

}  // namespace breakwater::reports
