#include <algorithm>

#include <fmt/format.h>

#include "proxy/reports/sections.h"
#include "proxy/reports/words.h"

namespace breakwater::reports {
namespace {

using Align = Table::Column::Align;

constexpr std::size_t kMostDetailed = 40;  // episodes told in full: more, and nobody reads any
constexpr std::size_t kMostSteps = 40;
constexpr std::size_t kMostHosts = 20;

/// Those told in full: the gravest, and what nobody has looked at, first.
std::vector<const EpisodeEntry*> detailed(const Report& report) {
  std::vector<const EpisodeEntry*> out;
  for (const auto* episodes : {&report.waiting, &report.episodes})
    for (const auto& episode : *episodes)
      out.push_back(&episode);
  std::stable_sort(out.begin(), out.end(), [](const auto* a, const auto* b) {
    if (a->severity != b->severity) return a->severity > b->severity;
    return !a->looked.has_value() && b->looked.has_value();
  });
  if (out.size() > kMostDetailed) out.resize(kMostDetailed);
  return out;
}

std::string who(const EpisodeEntry& episode, Audience audience) {
  return audience == Audience::dsl && !episode.person.empty() ? episode.person : episode.pseudonym;
}

std::string hosts(const EpisodeEntry& episode) {
  std::string out;
  for (std::size_t i = 0; i < std::min(episode.host_names.size(), kMostHosts); ++i)
    out.append(out.empty() ? "" : ", ").append(episode.host_names[i]);
  if (episode.host_names.size() > kMostHosts)
    out += fmt::format(" and {} more", episode.host_names.size() - kMostHosts);
  return out;
}

void add_table(const Report& report, Blocks& out) {
  const bool people = report.audience != Audience::governance;
  Table table;
  table.caption = fmt::format("All that began in this {}, oldest first", report.span);
  table.columns = {{"Reference", 1.4}, {"Began", 1.3}, {"Severity", 0.9}, {"Theme", 1.8}};
  if (people) table.columns.push_back({"Who", 1.2});
  table.columns.push_back({"Attempts", 0.8, Align::end});
  table.columns.push_back({"State", 1});
  for (const auto& episode : report.episodes) {
    std::vector<Cell> row{{episode.reference, {}, people ? episode.reference : std::string()},
                          {moment_text(episode.first, *report.zone), {}, {}},
                          {std::string(to_string(episode.severity)), tone_of(episode.severity), {}},
                          {episode.theme, {}, {}}};
    if (people) row.push_back({who(episode, report.audience), {}, {}});
    row.push_back({grouped(episode.attempts), {}, {}});
    row.push_back({episode.state, {}, {}});
    table.rows.push_back(std::move(row));
  }
  out.emplace_back(std::move(table));
}

void add_timeline(const Report& report, const EpisodeEntry& episode, Blocks& out) {
  if (episode.timeline.empty()) return;
  Table table;
  table.caption = "Timeline";
  if (episode.timeline.size() > kMostSteps)
    table.caption = fmt::format("Timeline: the first {} of {} steps", kMostSteps, episode.timeline.size());
  table.columns = {{"When", 1}, {"Time", 0.7}, {"What", 4}};
  for (std::size_t i = 0; i < std::min(episode.timeline.size(), kMostSteps); ++i) {
    const auto& step = episode.timeline[i];
    table.rows.push_back({{date_text(step.time, *report.zone), {}, {}},
                          {clock_text(step.time, *report.zone), {}, {}},
                          {step.what, {}, {}}});
  }
  out.emplace_back(std::move(table));
}

void add_card(const Report& report, const EpisodeEntry& episode, Blocks& out) {
  const bool dsl = report.audience == Audience::dsl;
  out.emplace_back(Heading{.level = 3,
                           .text = fmt::format("{}: {}", episode.reference, episode.theme),
                           .anchor = episode.reference,
                           .tone = tone_of(episode.severity),
                           .badge = std::string(to_string(episode.severity))});
  Definitions facts;
  const auto fact = [&facts](std::string term, std::string meaning) {
    if (!meaning.empty()) facts.items.emplace_back(std::move(term), std::move(meaning));
  };
  if (dsl) fact("Person", episode.person);
  fact("Pseudonym", episode.pseudonym);
  fact("Group", episode.group);
  fact("When", fmt::format("{} to {} ({})", moment_text(episode.first, *report.zone),
                           moment_text(episode.last, *report.zone), span_text(episode.last - episode.first)));
  fact("How much", fmt::format("{} at {}", counted(episode.attempts, "attempt", "attempts"),
                               counted(episode.hosts, "site", "sites")));
  if (dsl) fact("Sites", hosts(episode));
  fact("What asked", episode.origin);
  fact("What is known", episode.known);
  fact("How sure", episode.how_sure);
  fact("What is not known", episode.not_known);
  fact("State", episode.state + (episode.held ? " (evidence hold: it is not deleted)" : ""));
  out.emplace_back(std::move(facts));
  if (dsl) add_timeline(report, episode, out);
}

}  // namespace

void add_episodes(const Report& report, Blocks& out) {
  if (report.episodes.empty() && report.waiting.empty()) return;
  out.emplace_back(PageBreak{});
  out.emplace_back(Heading{.text = "Episodes"});
  if (!report.episodes.empty()) add_table(report, out);
  if (report.audience == Audience::governance) return;
  const auto all = report.episodes.size() + report.waiting.size();
  const auto told = detailed(report);
  if (told.size() < all)
    out.emplace_back(
        Paragraph{.text = fmt::format("The {} gravest are told in full below; the others by their reference, "
                                      "with \u201Cbreakwater episode show\u201D.",
                                      told.size())});
  for (const auto* episode : told)
    add_card(report, *episode, out);
}

}  // namespace breakwater::reports
