#include "proxy/alerts/notice.h"

#include <gmock/gmock.h>

#include "tests/proxy/alerts/scene.h"

namespace breakwater::alerts {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

TEST(Notice, AnEpisodeInWordsForWhoIsNoTechnician) {
  const auto notice = episode_notice(episode(), Occasion::opened, scene());
  EXPECT_EQ(notice.subject, "DANGER: terrorism and extremism (E-7QK4M-2XP9D)");
  for (const auto* part :
       {"Reference: E-7QK4M-2XP9D\n", "Theme: terrorism and extremism\n", "Severity: danger\n",
        "When: Mon 23 Nov 10:00 to 10:12\n", "What: 51 attempts, on at least 7 sites\n",
        "Who: P-4T9ZQX2C of the group learners\n", "What is known: A device asked for these sites.\n",
        "How sure it is who: The device is known by its address alone.\n",
        "What is not known: Which pages were read.\n", "breakwater episode show E-7QK4M-2XP9D\n", "seq 1234 5f1c\n"})
    EXPECT_THAT(notice.text, HasSubstr(part));
}

TEST(Notice, SaysWhyItComes) {
  EXPECT_EQ(episode_notice(episode(), Occasion::unseen, scene()).subject,
            "Not looked at yet: DANGER: terrorism and extremism (E-7QK4M-2XP9D)");
  EXPECT_THAT(episode_notice(episode(), Occasion::worse, scene()).text, HasSubstr("has become more serious"));
  auto watched = episode();
  watched.attempts = 1;
  watched.allowed = 1;
  watched.distinct_hosts = 1;
  watched.last = watched.first;
  EXPECT_THAT(episode_notice(watched, Occasion::opened, scene()).text,
              AllOf(HasSubstr("When: Mon 23 Nov 10:00\n"), HasSubstr("What: 1 attempt, 1 of them only watched\n")));
}

TEST(Notice, AnIncidentShowsItsClock) {
  const auto due = kTen + std::chrono::hours(1);
  const auto first = incident_notice(incident(), "laptop-07", due, kTen, 0, scene());
  EXPECT_EQ(first.subject, "SECURITY INCIDENT E-AAAAA-BBBBB, to be acknowledged by Mon 23 Nov 11:00: 60 min left");
  EXPECT_THAT(first.text, AllOf(HasSubstr("Device: laptop-07\n"), HasSubstr("was stopped."),
                                HasSubstr("breakwater alerts acknowledge E-AAAAA-BBBBB --by")));
  const auto second = incident_notice(incident(), "", due, due - std::chrono::seconds(599), 2, scene());
  EXPECT_EQ(second.subject,
            "Reminder 2: SECURITY INCIDENT E-AAAAA-BBBBB, to be acknowledged by Mon 23 Nov 11:00: 10 min left");
  EXPECT_THAT(second.text, HasSubstr("Device: not known as the centre's own"));
  EXPECT_EQ(incident_notice(incident(), "", due, due, 3, scene()).subject,
            "Reminder 3: SECURITY INCIDENT E-AAAAA-BBBBB, not acknowledged since Mon 23 Nov 11:00");
}

TEST(Notice, OnlyMachinesOfTheCentreAreNamed) {
  auto one = incident();
  for (const auto& [owner, device] :
       {std::pair{"pool laptop", "laptop-07"}, {"console", "laptop-07"}, {"byod", ""}, {"guest", ""}, {"", ""}}) {
    one.owner = owner;
    EXPECT_EQ(public_device(one, names()), device) << owner;
  }
}

TEST(Notice, WhatAnIncidentIs) {
  struct Case {
    std::vector<std::string> categories;
    bool expected;
  };
  const Case table[] = {
      {{"malware"}, true},
      {{"malware/botnet", "phishing"}, true},
      {{"command-and-control"}, true},
      {{"scams"}, true},
      {{"malware-news"}, false},
      {{"terrorism"}, false},
      {{"malware", "terrorism"}, false},
      {{}, false},
  };
  auto one = episode();
  for (const auto& [categories, expected] : table) {
    one.categories = categories;
    EXPECT_EQ(is_incident(one), expected) << testing::PrintToString(categories);
  }
}

TEST(Notice, ADigestCountsWhatHadNoRoom) {
  const std::vector<std::string> lines{digest_line(episode(), scene()), digest_line(incident(), scene())};
  const auto notice = digest_notice(lines, 3, scene());
  EXPECT_EQ(notice.subject, "5 episodes in one message");
  EXPECT_THAT(
      notice.text,
      AllOf(HasSubstr("- danger: terrorism and extremism, Mon 23 Nov 10:00 to 10:12, 51 attempts, on at least 7 "
                      "sites, E-7QK4M-2XP9D\n"),
            HasSubstr("- and 3 more")));
}

TEST(Notice, NothingPlainNamesAnybody) {
  for (const auto& notice :
       {episode_notice(episode(), Occasion::opened, scene()), incident_notice(incident(), "", kTen, kTen, 0, scene()),
        digest_notice(std::vector{digest_line(episode(), scene())}, 0, scene()), test_notice("DSL", scene())})
    for (const auto& secret : secrets()) {
      EXPECT_THAT(notice.text, Not(HasSubstr(secret)));
      EXPECT_THAT(notice.subject, Not(HasSubstr(secret)));
    }
}

TEST(Notice, TheFullReportNamesAll) {
  const auto report = full_report(episode(), names(), scene());
  for (const auto& secret : secrets())
    EXPECT_THAT(report, HasSubstr(secret));
}

}  // namespace
}  // namespace breakwater::alerts
