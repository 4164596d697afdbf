#include <algorithm>

#include <fmt/format.h>

#include "proxy/reports/sections.h"
#include "proxy/reports/words.h"

namespace breakwater::reports {
namespace {

using Align = Table::Column::Align;

constexpr std::size_t kMostPseudonyms = 20;

Cell text(std::string words) {
  return {std::move(words), {}, {}};
}

Cell number(std::uint64_t value) {
  return text(grouped(value));
}

/// "1.2 GB"
std::string bytes_text(std::uint64_t bytes) {
  constexpr std::array<std::string_view, 5> kUnits{"B", "kB", "MB", "GB", "TB"};
  auto value = static_cast<double>(bytes);
  std::size_t unit = 0;
  for (; value >= 999.5 && unit + 1 < kUnits.size(); ++unit)
    value /= 1000;
  return fmt::format("{:.{}f} {}", value, unit == 0 || value >= 99.5 ? 0 : 1, kUnits[unit]);
}

std::string before_text(const Report& report) {
  return report.span == "time" ? std::string("Before") : fmt::format("{} before", report.span);
}

void add_sights(const Report& report, Blocks& out) {
  Table table;
  table.caption = "What connections showed of their site";
  table.columns = {{"A connection that", 3.4}, {"Went by", 1.1, Align::end}, {"Stopped", 1.1, Align::end},
                   {"Data", 1.3, Align::end},  {"All", 1, Align::end},       {before_text(report), 1.3, Align::end}};
  for (const auto& kind : sight_kinds()) {
    const auto now = report.unseen.of(kind.name);
    const auto before = report.unseen_before.of(kind.name).connections();
    if (now.connections() + before == 0) continue;
    table.rows.push_back({text(std::string(kind.words)), number(now.allowed), number(now.blocked),
                          text(bytes_text(now.bytes())), number(now.connections()), number(before)});
  }
  out.emplace_back(std::move(table));
}

void add_ways(const Report& report, Blocks& out) {
  Table table;
  table.caption = "By the way to the filter";
  table.columns = {{"How they came", 3.4},
                   {"Connections", 1.2, Align::end},
                   {"Without a name", 1.4, Align::end},
                   {"of them went by", 1.4, Align::end},
                   {"Data", 1.2, Align::end}};
  for (const auto& way : way_kinds()) {
    const auto all = report.unseen.all(way.name);
    const auto nameless = report.unseen.nameless(way.name);
    if (all.connections() == 0) continue;
    table.rows.push_back({text(std::string(way.words)), number(all.connections()), number(nameless.connections()),
                          number(nameless.allowed), text(bytes_text(all.bytes()))});
  }
  if (!table.rows.empty()) out.emplace_back(std::move(table));
}

/// Connections without a name, week by week; the table holds the same numbers.
void add_weeks(const Report& report, Blocks& out) {
  if (report.unseen_weeks.size() != report.weeks.size() || report.weeks.size() < 2) return;
  Chart chart;
  chart.kind = Chart::Kind::columns;
  chart.title = "Connections without a name, by week";
  chart.series = {{"went by", Tone::danger, {}}, {"stopped", Tone::plain, {}}};
  Table table;
  table.caption = chart.title;
  table.columns = {{"Week from", 2.4},
                   {"Went by", 1, Align::end},
                   {"Stopped", 1, Align::end},
                   {"All connections", 1.3, Align::end},
                   {"Share without", 1.2, Align::end}};
  for (std::size_t i = 0; i < report.weeks.size(); ++i) {
    const auto nameless = report.unseen_weeks[i].nameless();
    const auto all = report.unseen_weeks[i].all().connections();
    chart.labels.push_back(short_date_text(report.weeks[i].from, *report.zone));
    chart.series[0].values.push_back(nameless.allowed);
    chart.series[1].values.push_back(nameless.blocked);
    const auto share =
        all == 0 ? std::string("\u2013")
                 : fmt::format("{:.1f}%", static_cast<double>(nameless.connections()) * 100 / static_cast<double>(all));
    table.rows.push_back({text(date_text(report.weeks[i].from, *report.zone)), number(nameless.allowed),
                          number(nameless.blocked), number(all), text(share)});
  }
  const auto last = report.unseen_weeks.back().nameless();
  const auto before = report.unseen_weeks[report.weeks.size() - 2].nameless();
  chart.summary = fmt::format(
      "Columns, one a week. The last seven days: {} without a name, {} in the seven before. The "
      "table has all numbers.",
      counted(last.connections(), "connection", "connections"), grouped(before.connections()));
  out.emplace_back(std::move(chart));
  out.emplace_back(std::move(table));
}

/// Of nft's counters those that say what could not be seen.
struct Refused {
  std::string_view counter;
  std::string_view words;
};
constexpr std::array<Refused, 4> kRefused{{
    {"quic_refused", "QUIC, the web over another transport; browsers fall back at once"},
    {"dot_refused", "Encrypted questions for names (DNS over TLS or QUIC)"},
    {"doh_refused", "To known servers of encrypted names (DNS over HTTPS)"},
    {"egress_refused", "Anything else that would have passed by the filter"},
}};

void add_refused(const Report& report, Blocks& out) {
  if (!report.unseen.knows_packets()) {
    out.emplace_back(Paragraph{Paragraph::Style::small,
                               "What the network refused before it came to the filter is not known: the filter could "
                               "not read the firewall\u2019s counters."});
    return;
  }
  Table table;
  table.caption = "Refused by the firewall: packets, of which one try may send several";
  table.columns = {{"What it was", 5}, {"Packets", 1.2, Align::end}, {before_text(report), 1.3, Align::end}};
  for (const auto& refused : kRefused)
    table.rows.push_back({text(std::string(refused.words)), number(report.unseen.packets(refused.counter)),
                          number(report.unseen_before.packets(refused.counter))});
  out.emplace_back(std::move(table));
}

void add_devices(const Report& report, Blocks& out) {
  const auto& unseen = report.unseen;
  if (unseen.devices().empty()) return;
  const auto quiet = unseen.quiet();
  const auto random = std::count_if(quiet.begin(), quiet.end(), [&](const auto& one) { return unseen.is_random(one); });
  auto words = fmt::format("Of {} on the network, {} sent nothing through the filter.",
                           counted(unseen.devices().size(), "device", "devices"), grouped(quiet.size()));
  if (random > 0)
    words += fmt::format(" {} of these made up an address of {} own, so that one device may count as several.",
                         grouped(static_cast<std::uint64_t>(random)), random == 1 ? "its" : "their");
  if (report.audience == Audience::it && !quiet.empty()) {
    const auto shown = std::min(quiet.size(), kMostPseudonyms);
    words += fmt::format(" By pseudonym: {}",
                         fmt::join(quiet.begin(), quiet.begin() + static_cast<std::ptrdiff_t>(shown), ", "));
    words += quiet.size() > shown ? fmt::format(" and {} more.", quiet.size() - shown) : std::string(".");
  }
  if (report.span != "day" && report.span != "week") words += " Each week counts devices anew.";
  out.emplace_back(Paragraph{.text = std::move(words)});
}

/// What to do about each thing that cannot be seen.
struct Advice {
  std::string_view sight;  ///< or counter of nft
  std::string_view what;
  std::string_view who;
  std::string_view words;
};
constexpr std::array<Advice, 10> kAdvice{{
    {"ech_cover", "Names hidden by ECH", "IT",
     "Keep intercept.ech at \u201Cblock\u201D, and let the network\u2019s DNS be the one of \u201Cbreakwater deploy "
     "unbound\u201D: it withholds the keys, and browsers show the name again."},
    {"name_with_ech", "Room for another name (ECH)", "IT",
     "Nothing, while the DNS here withholds ECH keys: browsers fill the room with noise. Check that no device uses "
     "another DNS."},
    {"no_sni", "Encrypted without a name", "IT",
     "Look in the access log for the reason no_sni. An app that teaching needs gets a list that names its address; "
     "leave "
     "the rest stopped."},
    {"address", "Bare numbers", "IT",
     "Look in the access log for address_literal. What is known goes on a list by its address; what is not is often a "
     "VPN or a game."},
    {"not_tls", "Not TLS", "IT",
     "Look in the access log for not_tls: often a VPN or a remote control. Keep it stopped; name what is needed to the "
     "DSL."},
    {"not_http", "Not the web", "IT",
     "Look in the access log for not_http and no_host: often a gadget or an old app. Give such devices a network of "
     "their own."},
    {"quic_refused", "QUIC", "IT", "Nothing: it is refused so that the name can be seen."},
    {"dot_refused", "Encrypted DNS", "IT",
     "Turn \u201Cprivate DNS\u201D off on the centre\u2019s own devices; others fall back by themselves."},
    {"doh_refused", "Encrypted DNS by the web", "IT",
     "Set the browser policy of the centre\u2019s own devices to the system\u2019s DNS."},
    {"egress_refused", "Ways past the filter", "IT",
     "Find which port it is (nft monitor trace). What lessons need goes into deploy.direct; the rest stays refused."},
}};

void add_advice(const Report& report, Blocks& out) {
  Table table;
  table.caption = "What to do about it";
  table.columns = {{"What", 1.6}, {"Who", 0.6}, {"What to do", 5}};
  const auto& unseen = report.unseen;
  const auto add = [&table](std::string_view what, std::string_view who, std::string_view words) {
    table.rows.push_back({text(std::string(what)), text(std::string(who)), text(std::string(words))});
  };
  if (const auto gone = unseen.nameless().allowed; gone > 0)
    add("Went by without a name", "DSL",
        fmt::format("Ask IT which lists or settings let {} pass, and whether each is still needed.",
                    counted(gone, "connection", "connections")));
  if (!unseen.quiet().empty()) {
    add("Devices that sent nothing", "DSL",
        "Ask staff whether learners use mobile data in lessons: what goes by it is not filtered. Many such devices "
        "merely "
        "sleep.");
    add("Devices that sent nothing", "IT",
        "Compare with \u201Cbreakwater who\u201D and the lease list: printers and the like are expected. Others may "
        "use "
        "a way that is not refused.");
  }
  for (const auto& advice : kAdvice)
    if (unseen.of(advice.sight).connections() + unseen.packets(advice.sight) > 0)
      add(advice.what, advice.who, advice.words);
  if (!table.rows.empty()) out.emplace_back(std::move(table));
}

}  // namespace

void add_unseen(const Report& report, Blocks& out) {
  out.emplace_back(Heading{.text = "What the filter could not see"});
  out.emplace_back(Paragraph{Paragraph::Style::lead, headline(report.unseen, report.span)});
  if (report.unseen.all().connections() > 0) {
    add_sights(report, out);
    add_ways(report, out);
    add_weeks(report, out);
  }
  add_refused(report, out);
  add_devices(report, out);
  add_advice(report, out);
  out.emplace_back(
      Paragraph{Paragraph::Style::small,
                "A plain connection that carries several requests counts once for each kind. A filter that "
                "is killed or loses power keeps no figures of its last hour."});
}

}  // namespace breakwater::reports
