#include "proxy/reports/cover.h"

#include <algorithm>

#include <fmt/format.h>

#include "proxy/reports/sections.h"
#include "proxy/reports/words.h"

namespace breakwater::reports {
namespace {

/// "2 danger, 1 notice"
std::string by_severity(const BySeverity& counts) {
  std::string out;
  for (const auto severity : kGravestFirst)
    if (const auto count = counts[static_cast<std::size_t>(severity)]; count > 0)
      out += fmt::format("{}{} {}", out.empty() ? "" : ", ", grouped(count), to_string(severity));
  return out;
}

std::string checks(const Report& report) {
  const auto failed =
      static_cast<std::uint64_t>(std::count_if(report.checks.begin(), report.checks.end(),
                                               [](const auto& one) { return one.outcome == Check::Outcome::failed; }));
  if (report.checks.empty()) return "No check of the filter is recorded: this does not show that it worked.";
  return fmt::format("Checks of the filter: {} made, {} failed.", grouped(report.checks.size()), grouped(failed));
}

std::string numbers(const Report& report) {
  auto out = headline(report).append("\n");
  if (report.audience == Audience::dpo) return out;
  const auto waiting = unseen(report).size();
  out += waiting == 0 ? std::string("Nothing waits for somebody to look at it.\n")
                      : fmt::format("{} for somebody to look at {}.\n",
                                    counted(waiting, "episode waits", "episodes wait"), waiting == 1 ? "it" : "them");
  out += '\n';
  for (const auto& theme : report.themes)
    if (total(theme.episodes) > 0)
      out += fmt::format("- {}: {}\n", visible_text(theme.theme), by_severity(theme.episodes));
  return out.append("\n").append(checks(report)).append("\n");
}

/// "2026-11-23"
std::string day(SysSeconds when, const Report& report) {
  return rules::format_civil(when, *report.zone).substr(0, 10);
}

}  // namespace

Cover cover_of(const Report& report) {
  const auto first = day(report.from, report);
  const auto last = day(report.until - std::chrono::seconds(1), report);
  const auto* const what = report.audience == Audience::dpo ? "Who opened names" : "Safeguarding report";
  Cover cover;
  cover.subject = fmt::format("{}, {}", what, first == last ? first : first + " to " + last);
  cover.file = fmt::format("report-{}-{}", to_string(report.audience), first == last ? first : first + "-to-" + last);
  cover.text = numbers(report);
  cover.with_report = cover.text + "\nThe report is attached. Keep it as the safeguarding policy says.\n";
  cover.text += fmt::format(
      "\nThe report is not in this message, because others may read it on its way. To open it, on the gateway:\n"
      "  breakwater report --for {} --from {} --to {} --policy POLICY --out report.pdf\n",
      to_string(report.audience), first, last);
  return cover;
}

}  // namespace breakwater::reports
