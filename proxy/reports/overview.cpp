#include <algorithm>

#include <fmt/format.h>

#include "proxy/reports/sections.h"
#include "proxy/reports/words.h"

namespace breakwater::reports {
namespace {

using rules::Concern;
using Align = Table::Column::Align;
using Counts = BySeverity Interval::*;

std::uint64_t of(const BySeverity& counts, Concern severity) {
  return counts[static_cast<std::size_t>(severity)];
}

/// One series a severity, the gravest at the foot.
template <class Items, class Counter>
std::vector<Chart::Series> by_severity(const Items& items, Counter counts) {
  std::vector<Chart::Series> out;
  for (const auto severity : kGravestFirst) {
    Chart::Series series{std::string(to_string(severity)), tone_of(severity), {}};
    for (const auto& item : items)
      series.values.push_back(of(counts(item), severity));
    out.push_back(std::move(series));
  }
  return out;
}

Cell number(std::uint64_t value) {
  return {grouped(value), {}, {}};
}

std::vector<Table::Column> columns(std::string first, double weight) {
  return {{std::move(first), weight},
          {"Danger", 1, Align::end},
          {"Warning", 1, Align::end},
          {"Notice", 1, Align::end},
          {"All", 1, Align::end}};
}

std::vector<Cell> row(std::string label, const BySeverity& counts) {
  std::vector<Cell> out{{std::move(label), {}, {}}};
  for (const auto severity : kGravestFirst)
    out.push_back(number(of(counts, severity)));
  out.push_back(number(total(counts)));
  return out;
}

void add_themes(const Report& report, Blocks& out) {
  out.emplace_back(Heading{.level = 3, .text = "By theme"});
  if (report.themes.empty()) {
    out.emplace_back(Paragraph{.text = "Nothing was recorded under any theme."});
    return;
  }
  Chart chart;
  chart.title = "Episodes by theme and severity";
  chart.series = by_severity(report.themes, [](const auto& theme) { return theme.episodes; });
  for (const auto& theme : report.themes)
    chart.labels.push_back(theme.theme);
  const auto most = std::max_element(report.themes.begin(), report.themes.end(), [](const auto& a, const auto& b) {
    return total(a.episodes) < total(b.episodes);
  });
  chart.summary = fmt::format("Bars, one a theme. Most episodes: {}, {}. The table has all numbers.", most->theme,
                              grouped(total(most->episodes)));
  out.emplace_back(std::move(chart));

  Table table;
  table.caption = fmt::format("Episodes by theme; attempts of every kind; episodes in the {} before",
                              report.span == "time" ? "same time" : report.span);
  table.columns = columns("Theme", 3);
  table.columns.push_back({"Attempts", 1, Align::end});
  table.columns.push_back({"Before", 1, Align::end});
  for (const auto& theme : report.themes) {
    auto cells = row(theme.theme, theme.episodes);
    cells.push_back(number(total(theme.attempts)));
    cells.push_back(number(theme.episodes_before));
    table.rows.push_back(std::move(cells));
  }
  out.emplace_back(std::move(table));
}

/// Chart and table of the same counts, one column an interval.
void add_intervals(const std::vector<Interval>& intervals, Counts counts, Chart chart, Table table,
                   const date::time_zone& zone, Blocks& out) {
  chart.kind = Chart::Kind::columns;
  chart.series = by_severity(intervals, [counts](const auto& interval) { return interval.*counts; });
  for (const auto& interval : intervals) {
    chart.labels.push_back(short_date_text(interval.from, zone));
    table.rows.push_back(row(date_text(interval.from, zone), interval.*counts));
  }
  out.emplace_back(std::move(chart));
  out.emplace_back(std::move(table));
}

void add_days(const Report& report, Blocks& out) {
  if (report.days.size() < 2) return;
  out.emplace_back(Heading{.level = 3, .text = "By day"});
  const auto most = std::max_element(report.days.begin(), report.days.end(), [](const auto& a, const auto& b) {
    return total(a.attempts) < total(b.attempts);
  });
  const auto summary = total(most->attempts) == 0
                           ? std::string("Columns, one a day; all are empty.")
                           : fmt::format("Columns, one a day. Most attempts: {}, {}. The table has all numbers.",
                                         date_text(most->from, *report.zone), grouped(total(most->attempts)));
  add_intervals(report.days, &Interval::attempts, {.title = "Attempts by day and severity", .summary = summary},
                {.caption = "Attempts by day", .columns = columns("Day", 3)}, *report.zone, out);
}

std::string compared(std::uint64_t now, std::uint64_t before) {
  if (now == before) return "the same as";
  return fmt::format("{} {} than", grouped(now > before ? now - before : before - now),
                     now > before ? "more" : "fewer");
}

void add_trend(const Report& report, Blocks& out) {
  if (report.weeks.size() < 2) return;
  out.emplace_back(Heading{.level = 3, .text = "Against the weeks before"});
  const auto now = total(report.weeks.back().episodes);
  const auto before = total(report.weeks[report.weeks.size() - 2].episodes);
  const auto summary = fmt::format("Columns, one a week. The last seven days: {}, {} in the seven days before.",
                                   counted(now, "episode", "episodes"), compared(now, before));
  add_intervals(report.weeks, &Interval::episodes, {.title = "Episodes by week and severity", .summary = summary},
                {.caption = "Episodes by week", .columns = columns("Week from", 3)}, *report.zone, out);
  out.emplace_back(Paragraph{Paragraph::Style::small,
                             "A few more or fewer mean little by themselves: holidays, a new group or a better list "
                             "change the numbers too."});
}

}  // namespace

void add_overview(const Report& report, Blocks& out) {
  out.emplace_back(PageBreak{});
  out.emplace_back(Heading{.text = "Overview"});
  add_themes(report, out);
  add_days(report, out);
  add_trend(report, out);
}

}  // namespace breakwater::reports
