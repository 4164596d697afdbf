#include "proxy/reports/compose.h"

#include <set>

#include <fmt/format.h>

#include "proxy/reports/accesses_section.h"
#include "proxy/reports/sections.h"
#include "proxy/reports/words.h"

namespace breakwater::reports {
namespace {

std::string subtitle(const Report& report) {
  const auto from = date_text(report.from, *report.zone);
  const auto until = date_text(report.until - std::chrono::seconds(1), *report.zone);
  return from == until ? from : fmt::format("{} to {}", from, until);
}

std::string_view marking(Audience audience) {
  switch (audience) {
    case Audience::dsl:
      return "Confidential: safeguarding. For the safeguarding lead and deputies. Keep it as a case file.";
    case Audience::governance:
      return "Confidential: safeguarding. For governance. Names nobody.";
    case Audience::it:
      return "Confidential: safeguarding. For IT. People appear by pseudonym only.";
    case Audience::dpo:
      return "Confidential. For the data protection officer. Who was looked at appears by pseudonym only.";
  }
  return {};
}

std::string_view reader(Audience audience) {
  switch (audience) {
    case Audience::dsl:
      return "the Designated Safeguarding Lead";
    case Audience::governance:
      return "governance";
    case Audience::it:
      return "IT";
    case Audience::dpo:
      return "the data protection officer";
  }
  return {};
}

/// Leaves only anchors that every medium can write, and links that lead to one.
void settle_links(std::vector<Block>& blocks) {
  constexpr std::string_view kAnchor = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-";
  std::set<std::string, std::less<>> anchors;
  for (auto& block : blocks) {
    auto* heading = std::get_if<Heading>(&block);
    if (heading == nullptr || heading->anchor.empty()) continue;
    const bool writable = heading->anchor.find_first_not_of(kAnchor) == std::string::npos;
    if (!writable || !anchors.insert(heading->anchor).second) heading->anchor.clear();
  }
  for (auto& block : blocks)
    if (auto* table = std::get_if<Table>(&block))
      for (auto& row : table->rows)
        for (auto& cell : row)
          if (!anchors.contains(cell.link)) cell.link.clear();
}

}  // namespace

std::string_view to_string(Audience audience) {
  constexpr std::array<std::string_view, 4> kNames{"dsl", "governance", "it", "dpo"};
  return kNames[static_cast<std::size_t>(audience)];
}

std::optional<Audience> parse_audience(std::string_view text) {
  for (const auto audience : {Audience::dsl, Audience::governance, Audience::it, Audience::dpo})
    if (text == to_string(audience)) return audience;
  return std::nullopt;
}

Document compose(const Report& report) {
  Document out;
  const bool dpo = report.audience == Audience::dpo;
  out.title = dpo ? "Who opened names" : "Safeguarding report";
  out.subtitle = subtitle(report);
  out.author = fmt::format("{} \u00B7 for {} \u00B7 made {}", report.centre, reader(report.audience),
                           moment_text(report.made, *report.zone));
  out.marking = marking(report.audience);
  out.made = report.made;
  if (dpo) {
    out.blocks.emplace_back(Paragraph{Paragraph::Style::lead, headline(report)});
    add_accesses(report.accesses, *report.zone, out.blocks);
  } else {
    add_first_page(report, out.blocks);
    add_overview(report, out.blocks);
    add_episodes(report, out.blocks);
    add_case_work(report, out.blocks);
    if (report.audience != Audience::governance) add_unseen(report, out.blocks);
    add_trust(report, out.blocks);
  }
  add_seal(report, out.blocks);
  settle_links(out.blocks);
  return out;
}

}  // namespace breakwater::reports
