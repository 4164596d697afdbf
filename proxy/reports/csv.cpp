#include "proxy/reports/csv.h"

#include "proxy/reports/accesses_section.h"
#include "proxy/reports/words.h"

namespace breakwater::reports {
namespace {

constexpr std::size_t kMaxCell = 32'000;  // bytes: a spreadsheet takes 32,767 characters

enum class Seen : std::uint8_t { all, not_governance, dsl };

struct Column {
  std::string_view title;
  Seen seen;
  std::string (*value)(const EpisodeEntry& episode, const date::time_zone& zone);
};

std::string joined(const std::vector<std::string>& items) {
  std::string out;
  for (const auto& item : items)
    out.append(out.empty() ? "" : "; ").append(item);
  return out;
}

template <std::string Decision::*member>
std::string latest(const EpisodeEntry& episode, const date::time_zone& /*zone*/) {
  return episode.decisions.empty() ? "" : episode.decisions.back().*member;
}

constexpr Column kColumns[] = {
    {"reference", Seen::all, [](const auto& e, const auto&) { return e.reference; }},
    {"first", Seen::all, [](const auto& e, const auto& zone) { return rules::format_civil(e.first, zone); }},
    {"last", Seen::all, [](const auto& e, const auto& zone) { return rules::format_civil(e.last, zone); }},
    {"severity", Seen::all, [](const auto& e, const auto&) { return std::string(to_string(e.severity)); }},
    {"theme", Seen::all, [](const auto& e, const auto&) { return e.theme; }},
    {"attempts", Seen::all, [](const auto& e, const auto&) { return std::to_string(e.attempts); }},
    {"distinct_hosts", Seen::all, [](const auto& e, const auto&) { return std::to_string(e.hosts); }},
    {"state", Seen::all, [](const auto& e, const auto&) { return e.state; }},
    {"first_looked_at", Seen::all,
     [](const auto& e, const auto& zone) { return e.looked ? rules::format_civil(*e.looked, zone) : std::string(); }},
    {"evidence_hold", Seen::all, [](const auto& e, const auto&) { return std::string(e.held ? "yes" : "no"); }},
    {"pseudonym", Seen::not_governance, [](const auto& e, const auto&) { return e.pseudonym; }},
    {"group", Seen::not_governance, [](const auto& e, const auto&) { return e.group; }},
    {"origin", Seen::not_governance, [](const auto& e, const auto&) { return e.origin; }},
    {"how_sure", Seen::not_governance, [](const auto& e, const auto&) { return e.how_sure; }},
    {"person", Seen::dsl, [](const auto& e, const auto&) { return e.person; }},
    {"hosts", Seen::dsl, [](const auto& e, const auto&) { return joined(e.host_names); }},
    {"decided_by", Seen::dsl, latest<&Decision::by>},
    {"decision_reason", Seen::dsl, latest<&Decision::reason>},
    {"outcome", Seen::dsl, latest<&Decision::outcome>},
};

bool shown_to(Audience audience, Seen seen) {
  return seen == Seen::all || audience == Audience::dsl || (seen == Seen::not_governance && audience == Audience::it);
}

}  // namespace

CsvWriter& CsvWriter::cell(std::string_view text) {
  constexpr std::string_view kFormula = "=+-@\t\r";
  constexpr std::string_view kQuoted = "\",\r\n";
  const bool formula = !text.empty() && kFormula.find(text.front()) != std::string_view::npos;
  const auto shown = visible_text(text, kMaxCell);
  const bool quoted = shown.find_first_of(kQuoted) != std::string::npos;
  if (!first_) out_ += ',';
  first_ = false;
  if (quoted) out_ += '"';
  if (formula) out_ += '\'';
  for (const char c : shown)
    out_.append(c == '"' ? 2 : 1, c);
  if (quoted) out_ += '"';
  return *this;
}

CsvWriter& CsvWriter::end_row() {
  out_ += "\r\n";
  first_ = true;
  return *this;
}

std::string to_csv(const Report& report) {
  if (report.audience == Audience::dpo) return to_csv(report.accesses, *report.zone);
  CsvWriter csv;
  for (const auto& column : kColumns)
    if (shown_to(report.audience, column.seen)) csv.cell(column.title);
  csv.end_row();
  for (const auto& episode : report.episodes) {
    for (const auto& column : kColumns)
      if (shown_to(report.audience, column.seen)) csv.cell(column.value(episode, *report.zone));
    csv.end_row();
  }
  return csv.finish();
}

}  // namespace breakwater::reports
