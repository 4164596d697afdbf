#include "proxy/reports/compose.h"

#include <gtest/gtest.h>

#include "proxy/reports/cover.h"
#include "proxy/reports/html.h"
#include "tests/proxy/reports/sample_report.h"

namespace breakwater::reports {
namespace {

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

TEST(Compose, EachAudienceSeesWhatItMay) {
  // The report holds everything for each of them: it is compose() that leaves out.
  struct Case {
    std::string_view text;
    std::array<bool, 4> seen;  // by Audience
  };
  constexpr Case kCases[] = {
      {"E-7KQ2M400", {true, true, true, true}},       {"P-00000001", {true, false, true, true}},
      {"jo.bloggs", {true, false, false, false}},     {"another-one.example", {true, false, false, false}},
      {"A. Lead", {true, false, false, true}},        {"spoke to the tutor", {true, false, false, false}},
      {"2026-114", {true, false, false, false}},      {"told by e-mail", {false, false, false, true}},
      {"<dt>Group</dt>", {true, false, true, false}}, {"The first attempt", {true, false, false, false}},
      {"Fingerprint", {true, true, true, true}},      {"What needs you now", {true, false, false, false}},
  };
  for (const auto audience : {Audience::dsl, Audience::governance, Audience::it, Audience::dpo}) {
    auto report = sample_report(Audience::dsl, 7);
    report.audience = audience;
    const auto html = to_html(compose(report));
    for (const auto& [text, seen] : kCases)
      EXPECT_EQ(has(html, text), seen[static_cast<std::size_t>(audience)]) << text << " for " << to_string(audience);
  }
}

TEST(Cover, NamesNobody) {
  for (const auto audience : {Audience::dsl, Audience::governance, Audience::it, Audience::dpo}) {
    auto report = sample_report(Audience::dsl, 7);
    report.audience = audience;
    const auto cover = cover_of(report);
    const auto all = cover.subject + cover.text + cover.with_report + cover.file;
    for (const std::string_view secret : {"P-0", "E-7", "jo.bloggs", "another-one.example", "A. Lead", "learners,"})
      EXPECT_FALSE(has(all, secret)) << secret << " for " << to_string(audience);
    EXPECT_TRUE(has(cover.text, fmt::format("--for {} --from 2026-11-16 --to 2026-11-22", to_string(audience))));
  }
}

TEST(Cover, SaysHowMuchThereIs) {
  const auto cover = cover_of(sample_report(Audience::dsl, 7));
  EXPECT_EQ(cover.subject, "Safeguarding report, 2026-11-16 to 2026-11-22");
  EXPECT_EQ(cover.file, "report-dsl-2026-11-16-to-2026-11-22");
  for (const std::string_view text :
       {"In this week, there were 7 episodes", "2 are of the gravest kind",
        "2 episodes wait for somebody to look at them", "- Terrorism and extremism: 2 danger", "- Drugs: 1 notice",
        "Checks of the filter: 2 made, 1 failed."})
    EXPECT_TRUE(has(cover.text, text)) << text << '\n' << cover.text;
}

TEST(Compose, AWeekInWhichNothingHappened) {
  auto report = sample_report(Audience::dsl, 0);
  report.themes.clear();
  report.checks.clear();
  report.head.reset();
  const auto html = to_html(compose(report));
  for (const std::string_view text : {"In this week, no attempt to reach content of concern was recorded.",
                                      "Nothing waits", "does not show that the filter worked", "carry no signed seal"})
    EXPECT_TRUE(has(html, text)) << text;
  EXPECT_FALSE(has(html, "Decisions and outcomes"));
}

TEST(Compose, AttemptsThatAreNoEpisodeAreTold) {
  auto report = sample_report(Audience::dsl, 0);
  report.themes.front().attempts[1] = 3;
  EXPECT_TRUE(has(to_html(compose(report)), "there was no episode. 3 single attempts were recorded"));
}

TEST(Compose, TheGravestWaitFirst) {
  auto report = sample_report(Audience::dsl, 7);
  auto old = report.episodes.front();
  old.reference = "E-OLD";
  old.severity = rules::Concern::notice;
  old.first -= std::chrono::hours(24 * 30);
  report.waiting = {old};
  const auto html = to_html(compose(report));
  const auto list = html.substr(html.find("What needs you now"));
  EXPECT_LT(list.find("E-7KQ2M400"), list.find("E-7KQ2M405"));
  EXPECT_LT(list.find("E-7KQ2M405"), list.find("E-OLD"));
}

TEST(Compose, LinksLeadSomewhere) {
  auto report = sample_report(Audience::dsl, 60);
  report.episodes[5].reference = "E'5 \"x\"";  // no anchor that a medium could write
  const auto document = compose(report);
  std::string anchors = " ";
  for (const auto& block : document.blocks)
    if (const auto* heading = std::get_if<Heading>(&block)) anchors += heading->anchor + " ";
  std::size_t links = 0;
  for (const auto& block : document.blocks)
    if (const auto* table = std::get_if<Table>(&block)) {
      for (const auto& row : table->rows)
        for (const auto& cell : row) {
          if (cell.link.empty()) continue;
          ++links;
          EXPECT_TRUE(has(anchors, " " + cell.link + " ")) << cell.link;
        }
    }
  EXPECT_GT(links, 40U);
  EXPECT_FALSE(has(anchors, "'"));
}

TEST(Audience, Names) {
  EXPECT_EQ(parse_audience("governance"), Audience::governance);
  EXPECT_EQ(parse_audience("DSL"), std::nullopt);
}

}  // namespace
}  // namespace breakwater::reports
