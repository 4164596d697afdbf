#include "proxy/reports/evidence_sheet.h"

#include <algorithm>

#include <fmt/format.h>

#include "proxy/reports/words.h"

namespace breakwater::reports {
namespace {

using Blocks = std::vector<Block>;
constexpr std::size_t kMostRows = 400;  ///< of a table; a sheet is read by people

bool failed(const CheckRun& run) {
  return run.outcome == Check::Outcome::failed;
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words)
    text.append(text.empty() ? "" : ", ").append(word);
  return text.empty() ? "\u2013" : text;
}

std::string who(const CheckRun& run) {
  if (run.by == "schedule") return "the filter itself, as scheduled";
  if (run.by == "schedule, made up") return "the filter itself, since it was off at the scheduled time";
  if (run.by == "change") return "the filter itself, after a change of lists or policy";
  return run.by;
}

std::string action_of(const CheckRun& run) {
  std::string text;
  for (const auto& note : run.notes)
    text.append(text.empty() ? "" : "; ").append(note.action).append(" (").append(note.by).append(")");
  if (!text.empty()) return text;
  return failed(run) ? "None is written down" : "None was needed";
}

std::string lead(const Evidence& evidence, std::size_t bad) {
  if (evidence.runs.empty())
    return "No check of the filter was recorded in this time. This sheet therefore shows nothing about the filter.";
  const auto& last = evidence.runs.back();
  auto text = fmt::format("In this time the web filter of {} was checked {}, first on {}. The last check, on {}, {}.",
                          evidence.centre, counted(evidence.runs.size(), "time", "times"),
                          date_text(evidence.runs.front().time, *evidence.zone), moment_text(last.time, *evidence.zone),
                          failed(last) ? "did not pass" : "found everything as it should be");
  if (bad > 0)
    text += fmt::format(" {} not pass; what was done about {} stands below.", counted(bad, "check did", "checks did"),
                        bad == 1 ? "it" : "them");
  return text;
}

/// The longest time between two checks, or from the last one to the end.
std::chrono::seconds longest_gap(const Evidence& evidence) {
  std::chrono::seconds longest{0};
  auto before = evidence.runs.front().time;
  for (const auto& run : evidence.runs) {
    longest = std::max(longest, run.time - before);
    before = run.time;
  }
  return std::max(longest, std::min(evidence.until, evidence.made) - before);
}

void add_first(const Evidence& evidence, Blocks& out) {
  const auto bad = static_cast<std::size_t>(std::count_if(evidence.runs.begin(), evidence.runs.end(), failed));
  out.emplace_back(Paragraph{Paragraph::Style::lead, lead(evidence, bad)});
  if (evidence.runs.empty()) return;
  const auto open = std::count_if(evidence.runs.begin(), evidence.runs.end(),
                                  [](const CheckRun& run) { return failed(run) && run.notes.empty(); });
  const auto* const checks = evidence.runs.size() == 1 ? "check of the filter" : "checks of the filter";
  out.emplace_back(KeyFigures{{{grouped(evidence.runs.size()), checks, Tone::plain},
                               {grouped(evidence.runs.size() - bad), "passed", Tone::good},
                               {grouped(bad), "did not pass", bad > 0 ? Tone::danger : Tone::plain},
                               {span_text(longest_gap(evidence)), "longest time without one", Tone::plain}}});
  if (open > 0)
    out.emplace_back(Callout{Tone::danger, "Something is still to be written down",
                             fmt::format("{} did not pass, and nobody has written down what was done. IT or the lead "
                                         "does that with \u201Cbreakwater selftest note\u201D.",
                                         counted(static_cast<std::uint64_t>(open), "check", "checks"))});
}

void add_last(const Evidence& evidence, Blocks& out) {
  if (evidence.runs.empty()) return;
  const auto done = std::find_if(evidence.runs.rbegin(), evidence.runs.rend(),
                                 [](const CheckRun& run) { return !run.groups.empty(); });
  if (done == evidence.runs.rend()) return;
  const auto& last = *done;
  out.emplace_back(Heading{.text = "What the last complete check looked at"});
  out.emplace_back(
      Definitions{{{"When", moment_text(last.time, *evidence.zone)},
                   {"Who", who(last)},
                   {"Result", last.result},
                   {"As whom", joined(last.groups)},
                   {"By which way in", joined(last.doors)},
                   {"Blocked, as each of them", joined(last.blocked)},
                   {"Not blocked for everybody", joined(last.let_through)},
                   {"In force", fmt::format("version {} of the lists, policy {}", last.lists_version, last.policy)},
                   {"Reference", last.id}}});
  if (last.gaps.empty()) return;
  out.emplace_back(Heading{.level = 3, .text = "What the lists did not cover"});
  out.emplace_back(Bullets{last.gaps});
}

void add_missed(const Evidence& evidence, Blocks& out) {
  Table table;
  table.caption = "What was not as it should be";
  table.columns = {{"When", 1.2}, {"What", 2}, {"Result", 2.4}, {"What was proposed", 2.4}};
  std::size_t left = 0;
  for (auto run = evidence.runs.rbegin(); run != evidence.runs.rend(); ++run) {
    for (const auto& missed : run->missed) {
      if (table.rows.size() == kMostRows) {
        ++left;
        continue;
      }
      table.rows.push_back({{moment_text(run->time, *evidence.zone), {}, {}},
                            {missed.what, {}, {}},
                            {missed.result, {}, {}},
                            {missed.action, {}, {}}});
    }
  }
  if (table.rows.empty()) return;
  out.emplace_back(Heading{.text = "Misses"});
  out.emplace_back(std::move(table));
  if (left > 0) out.emplace_back(Paragraph{.text = fmt::format("And {} older ones.", grouped(left))});
}

void add_all(const Evidence& evidence, Blocks& out) {
  if (evidence.runs.empty()) return;
  out.emplace_back(Heading{.text = "Every check, the latest first"});
  Table table;
  table.caption = "When, who, with which result, and what was done";
  table.columns = {{"When", 1.3}, {"Who", 1.6}, {"Result", 0.9}, {"What was checked", 2.6}, {"Action", 2}};
  for (auto run = evidence.runs.rbegin(); run != evidence.runs.rend() && table.rows.size() < kMostRows; ++run)
    table.rows.push_back({{moment_text(run->time, *evidence.zone), {}, {}},
                          {who(*run), {}, {}},
                          {failed(*run) ? "failed" : "passed", failed(*run) ? Tone::danger : Tone::good, {}},
                          {run->result, {}, {}},
                          {action_of(*run), {}, {}}});
  const auto left = evidence.runs.size() - table.rows.size();
  out.emplace_back(std::move(table));
  if (left > 0) out.emplace_back(Paragraph{.text = fmt::format("And {} older ones.", grouped(left))});
}

constexpr const char* kHow =
    "The filter asks itself, through every way in that devices use, as each group of people: by plain HTTP, by HTTPS, "
    "and by HTTPS with another name in front. Nothing reaches the internet and nobody is recorded for it. How the "
    "network brings devices to the filter is not part of it.";
constexpr const char* kWhat =
    "For each category of concern it asks for a stand-in of its own; for one random entry of each list in force; for "
    "the pages that public tests of filters use, where a list names them; and for what the policy adds. Sites that "
    "have to stay open are asked for too.";
constexpr const char* kShown =
    "It shows that lists, policy and filter work together at this moment. It does not show that the lists name every "
    "harmful site: no list does.";
constexpr const char* kElsewhere =
    "It checks this filter alone: mobile data and other networks do not pass through it. Devices in use are to be "
    "checked by hand as well, with a page as testfiltering.com.";
constexpr const char* kStandards =
    "The Department for Education\u2019s filtering and monitoring standards ask that such checks are made regularly, "
    "and that it is written down when, by whom, what was tested, and what was done.";

void add_method(Blocks& out) {
  out.emplace_back(Heading{.text = "How it is checked, and what that does not show"});
  out.emplace_back(Bullets{{kHow, kWhat, kShown, kElsewhere, kStandards}});
}

void add_seal(const Evidence& evidence, Blocks& out) {
  out.emplace_back(Heading{.text = "The seal of the records"});
  if (!evidence.head) {
    out.emplace_back(Paragraph{.text = "The records carry no signed seal yet."});
    return;
  }
  out.emplace_back(Paragraph{
      .text = "This sheet is made of records of which each carries a fingerprint of the one before. If any of them is "
              "changed or removed later, \u201Cbreakwater verify\u201D shows that they no longer lead to this:"});
  out.emplace_back(Definitions{{{"Last sealed record", grouped(evidence.head->seq)},
                                {"Sealed", moment_text(evidence.head->time, *evidence.zone)},
                                {"Fingerprint", evidence.head->hash},
                                {"Signature", evidence.head->signature}}});
}

}  // namespace

Document evidence_sheet(const Evidence& evidence) {
  Document out;
  out.title = "Checks of the web filter";
  const auto last = std::min(evidence.until, evidence.made) - std::chrono::seconds(1);
  out.subtitle = fmt::format("{} to {}", date_text(evidence.from, *evidence.zone), date_text(last, *evidence.zone));
  out.author = fmt::format("{} \u00B7 evidence sheet \u00B7 made {}", evidence.centre,
                           moment_text(evidence.made, *evidence.zone));
  out.marking = "Evidence of filter checks. Names no learner.";
  out.made = evidence.made;
  add_first(evidence, out.blocks);
  add_last(evidence, out.blocks);
  add_missed(evidence, out.blocks);
  add_all(evidence, out.blocks);
  add_method(out.blocks);
  add_seal(evidence, out.blocks);
  return out;
}

}  // namespace breakwater::reports
