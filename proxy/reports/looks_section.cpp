#include <fmt/format.h>

#include "proxy/reports/sections.h"
#include "proxy/reports/words.h"

namespace breakwater::reports {

void add_looks(const Report& report, Blocks& out) {
  out.emplace_back(Paragraph{Paragraph::Style::lead, headline(report)});
  if (!report.accesses.empty()) {
    Table table;
    table.caption = fmt::format("Every look in this {}, oldest first", report.span);
    table.columns = {{"When", 1.3}, {"By", 1.4}, {"What", 0.9}, {"Why", 2.4}, {"Episode", 1.4}, {"About", 1.2}};
    for (const auto& access : report.accesses)
      table.rows.push_back({{moment_text(access.time, *report.zone), {}, {}},
                            {access.by, {}, {}},
                            {access.what, {}, {}},
                            {access.reason, {}, {}},
                            {access.reference, {}, {}},
                            {access.subject, {}, {}}});
    out.emplace_back(std::move(table));
  }
  out.emplace_back(Heading{.text = "What the words mean"});
  out.emplace_back(Definitions{
      {{"Look",
        "The gateway keeps names sealed. It opens them for who has a key and says who they are and why, and writes "
        "that down first. What is done with a bundle on another machine it cannot see."},
       {"What", "Show: one episode on the screen. Report: names in a report. Export: records taken away."},
       {"About", "P- and eight characters stand for one person, always the same ones."}}});
}

}  // namespace breakwater::reports
