#pragma once

#include <string>

#include "proxy/alerts/notice.h"
#include "rules/civil_time.h"

namespace breakwater::alerts {

inline constexpr safeguarding::Milliseconds kTen{std::chrono::milliseconds(1'795'428'000'000)};  ///< 10:00, 23 Nov 2026

inline Scene scene() {
  return {"Sample Training Centre", rules::find_zone("Europe/London"), "seq 1234 5f1c"};
}

inline safeguarding::Episode episode(std::string reference = "E-7QK4M-2XP9D",
                                     rules::Concern severity = rules::Concern::danger) {
  safeguarding::Episode made;
  made.reference = std::move(reference);
  made.pseudonym = "P-4T9ZQX2C";
  made.group = "learners";
  made.theme = "terrorism and extremism";
  made.severity = severity;
  made.first = kTen;
  made.last = kTen + std::chrono::minutes(12);
  made.attempts = 51;
  made.distinct_hosts = 7;
  made.categories = {"extremism", "terrorism"};
  made.signals = {"The times between the attempts differ, as when a person types."};
  made.owner = "pool laptop";
  made.grade = {"A device asked for these sites.", "The device is known by its address alone.",
                "Which pages were read."};
  return made;
}

inline safeguarding::Episode incident() {
  auto made = episode("E-AAAAA-BBBBB", rules::Concern::notice);
  made.theme = "malware";
  made.categories = {"malware"};
  return made;
}

/// Each text of it must stand in no plain message.
inline safeguarding::EpisodeNames names() {
  return {"10.20.1.2",
          "laptop-07",
          "sian.evans",
          {"host-one.example", "host-two.example"},
          {"http://host-one.example/page"},
          {"searched words"},
          {{kTen, "context.example", rules::Action::allow}}};
}

inline std::vector<std::string> secrets() {
  return {"10.20.1.2", "laptop-07", "sian", "host-one", "host-two", "searched words", "context.example"};
}

}  // namespace breakwater::alerts
