#pragma once

#include <string>

#include <fmt/format.h>

#include "proxy/reports/report.h"

namespace breakwater::reports {

/// A week with `episodes` episodes: of every theme, severity and state, with names that try every trick.
inline Report sample_report(Audience audience, std::size_t episodes) {
  using std::chrono::hours;
  using std::chrono::minutes;
  using std::chrono::seconds;
  constexpr SysSeconds kMonday = std::chrono::sys_days(std::chrono::year(2026) / 11 / 16);
  constexpr std::array kThemes{"Terrorism and extremism", "Self-harm and suicide", "Violence and weapons", "Drugs",
                               "A theme of the centre\u2019s own with a name that is longer than most"};
  constexpr std::array kSeverities{rules::Concern::danger, rules::Concern::warning, rules::Concern::notice,
                                   rules::Concern::notice, rules::Concern::warning};
  constexpr std::array kStates{"new", "seen", "under review", "referred", "no further action"};
  constexpr std::array kPeople{"jo.bloggs",
                               "\u0645\u062D\u0645\u062F \u0627\u0644\u0623\u062D\u0645\u062F",
                               "evil\u202Etxt.exe",
                               "Si\u00E2n ap Gruffydd-Prys-Llewelyn, of a family with very many names",
                               "=HYPERLINK(\"http://x\",\"y\")",
                               "\u738B\u5C0F\u660E <script>alert(1)</script>",
                               "Z\u0351\u0352\u0353\u0354\u0355\u0356\u0357algo\u200B\u2028two"};
  Report report;
  report.centre = "Harbour Training Centre";
  report.zone = rules::find_zone("Europe/London");
  report.audience = audience;
  report.from = kMonday;
  report.until = kMonday + hours(7 * 24);
  report.span = "week";
  report.made = report.until + hours(7);
  for (const auto* theme : kThemes)
    report.themes.push_back({theme, {}, {}, 1});
  for (int day = 0; day < 7; ++day)
    report.days.push_back({kMonday + hours(24 * day), {}, {}});
  for (std::size_t i = 0; i < episodes; ++i) {
    EpisodeEntry episode;
    const auto theme = i % kThemes.size();
    episode.reference = fmt::format("E-7KQ2M4{:02}", i);
    episode.theme = kThemes[theme];
    episode.severity = kSeverities[theme];
    episode.first = kMonday + hours(9 + 24 * static_cast<long>(i % 5)) + minutes(i % 300);
    episode.last = episode.first + minutes(14) + seconds(i % 60);
    episode.attempts = 3 + i % 9;
    episode.hosts = 1 + i % 4;
    episode.group = "learners";
    episode.pseudonym = fmt::format("P-{:08}", i % 40);
    if (audience == Audience::dsl) {
      episode.person = kPeople[i % kPeople.size()];
      episode.host_names = {"extremist.example", "another-one.example"};
    }
    episode.origin = "Probably a person: visits a minute apart, at several sites, typed or followed one by one.";
    episode.known = "Which sites were asked for, and when.";
    episode.how_sure = "Account: somebody had signed in as this person.";
    episode.not_known = "Which pages of the sites; whether anything was read.";
    episode.state = kStates[i % kStates.size()];
    if (i % kStates.size() != 0) {
      episode.looked = episode.first + minutes(20 + 37 * static_cast<long>(i % 11));
      episode.decisions = {{*episode.looked, episode.state, "A. Lead", "Looked at the timeline, spoke to the tutor.",
                            i % 5 == 3 ? "Prevent referral 2026-114" : ""}};
    }
    episode.held = i % 7 == 3;
    episode.timeline = {{episode.first, "The first attempt"},
                        {episode.first + minutes(4), "Grew: a second site"},
                        {episode.last, "The last attempt"}};
    ++report.themes[theme].episodes[static_cast<std::size_t>(episode.severity)];
    report.themes[theme].attempts[static_cast<std::size_t>(episode.severity)] += episode.attempts;
    report.days[i % 5].attempts[static_cast<std::size_t>(episode.severity)] += episode.attempts;
    report.episodes.push_back(std::move(episode));
  }
  report.people = std::min<std::size_t>(episodes, 40);
  for (int week = 0; week < 8; ++week)
    report.weeks.push_back(
        {kMonday - hours(7L * 24 * (7 - week)), {}, {0, 1, static_cast<std::uint64_t>(week % 3), 0}});
  report.weeks.back().episodes = {};
  for (const auto& theme : report.themes)
    for (std::size_t i = 0; i < theme.episodes.size(); ++i)
      report.weeks.back().episodes[i] += theme.episodes[i];
  report.checks = {
      {kMonday + hours(8), "terrorism canary as learners", "blocked, as it should be", Check::Outcome::passed},
      {kMonday + hours(32), "malware canary as staff", "not blocked", Check::Outcome::failed}};
  if (!report.episodes.empty()) {
    const auto& about = report.episodes.front();
    report.accesses = {{48'000, about.last, "show", "A. Lead", "told by e-mail", about.reference, "P-00000001", 0}};
  }
  for (std::uint64_t week = 0; week < report.weeks.size(); ++week) {
    Coverage coverage{report.weeks[week].from, report.weeks[week].from + hours(1), {}};
    coverage.counts = {{"sight.explicit.name.allowed", 30'000 + 100 * week},
                       {"sight.explicit.name.bytes_down", 48'000'000'000},
                       {"sight.intercepted.name_with_ech.allowed", 9'000},
                       {"sight.intercepted.ech_cover.blocked", 120 - 10 * week},
                       {"sight.intercepted.no_sni.blocked", 900 - 50 * week},
                       {"sight.intercepted.no_sni.allowed", 40 * week},
                       {"sight.intercepted.no_sni.bytes_up", 7'000'000},
                       {"sight.intercepted.not_tls.blocked", 300},
                       {"packets.quic_refused", 52'000},
                       {"packets.doh_refused", 310},
                       {"packets.egress_refused", 2'200}};
    coverage.devices = {{"D-7QK4M2XP", "D-4T9ZQX2C", "D-AAAA2222"}, {"D-4T9ZQX2C"}, {"D-7QK4M2XP"}};
    report.unseen_weeks.emplace_back().add(coverage);
  }
  report.unseen = report.unseen_weeks.back();
  report.unseen_before = report.unseen_weeks[report.unseen_weeks.size() - 2];
  report.coverage = {"Records reach from the first to the last minute of this week."};
  report.head =
      Head{48'213, report.made - minutes(20), "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
           "d2a84f4b8b650937ec8f73cd8be2c74add5a911ba64df27458ed8229da804a26"};
  return report;
}

}  // namespace breakwater::reports
