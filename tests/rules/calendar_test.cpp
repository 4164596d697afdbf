#include "rules/calendar.h"

#include <gmock/gmock.h>

#include "rules/civil_time.h"

namespace breakwater::rules {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const std::string kBegin = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test\r\n";
const std::string kEnd = "END:VCALENDAR\r\n";

std::string event(std::string_view lines) {
  std::string text = "BEGIN:VEVENT\r\n";
  for (std::size_t at = 0; at < lines.size();) {
    const auto end = std::min(lines.find('\n', at), lines.size());
    text.append(lines.substr(at, end - at)).append("\r\n");
    at = end + 1;
  }
  return text + "END:VEVENT\r\n";
}

struct Read {
  std::vector<std::string> events;  ///< "2026-11-23T09:00 2026-11-23T10:00 session"
  std::vector<std::string> told;
  bool ok = false;
};

Read read(const std::string& text, const char* first = "2026-11-23", const char* last = "2026-11-29") {
  const Calendar calendar{"mis", 0, {}, {}, "session", {{"lunch", "lunch"}, {"long lunch", "break"}, {"inset", "off"}}};
  const auto& zone = *find_zone("Europe/London");
  categories::Diagnostics diagnostics;
  const auto events =
      read_calendar(text, "term.ics", calendar, zone, {*parse_date(first), *parse_date(last)}, diagnostics);
  Read read;
  read.ok = events.has_value();
  const auto civil = [&](SysSeconds when) { return format_civil(when, zone).substr(0, 16); };
  if (events)
    for (const auto& one : put_together(*events))
      read.events.push_back(civil(one.begin) + ' ' + civil(one.end) + ' ' + one.period);
  for (const auto& diagnostic : diagnostics)
    read.told.push_back(to_string(diagnostic));
  return read;
}

std::vector<std::string> events_of(std::string_view lines) {
  const auto found = read(kBegin + event(lines) + kEnd);
  EXPECT_THAT(found.told, IsEmpty()) << lines;
  return found.events;
}

TEST(Calendar, TimesAndTheirZones) {
  const auto monday = ElementsAre("2026-11-23T09:00 2026-11-23T10:30 session");
  for (const auto* lines : {
           "DTSTART;TZID=Europe/London:20261123T090000\nDTEND;TZID=Europe/London:20261123T103000",
           "DTSTART:20261123T090000\nDTEND:20261123T103000",    // the centre's clocks
           "DTSTART:20261123T090000Z\nDTEND:20261123T103000Z",  // in November they are the same
           "DTSTART:20261123T090000Z\nDURATION:PT1H30M",
           "DTSTART;TZID=Europe/Paris:20261123T100000\nDTEND;TZID=Europe/Paris:20261123T113000",
       })
    EXPECT_THAT(events_of(lines), monday) << lines;
  EXPECT_THAT(events_of("DTSTART;VALUE=DATE:20261123"), ElementsAre("2026-11-23T00:00 2026-11-24T00:00 session"));
  EXPECT_THAT(events_of("DTSTART;VALUE=DATE:20261123\nDTEND;VALUE=DATE:20261125"),
              ElementsAre("2026-11-23T00:00 2026-11-25T00:00 session"));
}

/// As Outlook writes it: a zone with a name of its own, described in the file.
TEST(Calendar, AZoneOfTheFile) {
  const std::string zone =
      "BEGIN:VTIMEZONE\r\nTZID:GMT Standard Time\r\n"
      "BEGIN:STANDARD\r\nDTSTART:16010101T020000\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0000\r\n"
      "RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10\r\nEND:STANDARD\r\n"
      "BEGIN:DAYLIGHT\r\nDTSTART:16010101T010000\r\nTZOFFSETFROM:+0000\r\nTZOFFSETTO:+0100\r\n"
      "RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3\r\nEND:DAYLIGHT\r\nEND:VTIMEZONE\r\n";
  const auto found = read(kBegin + zone +
                              event("DTSTART;TZID=GMT Standard Time:20261019T090000\nDURATION:PT1H\n"
                                    "RRULE:FREQ=WEEKLY;COUNT=2") +
                              kEnd,
                          "2026-10-19", "2026-10-26");
  EXPECT_THAT(found.events,
              ElementsAre("2026-10-19T09:00 2026-10-19T10:00 session", "2026-10-26T09:00 2026-10-26T10:00 session"));
}

TEST(Calendar, WhatRepeats) {
  const std::string start = "UID:1\nDTSTART;TZID=Europe/London:20260907T090000\nDURATION:PT1H\n";
  EXPECT_THAT(events_of(start + "RRULE:FREQ=WEEKLY;BYDAY=MO,WE"),
              ElementsAre("2026-11-23T09:00 2026-11-23T10:00 session", "2026-11-25T09:00 2026-11-25T10:00 session"));
  EXPECT_THAT(events_of(start + "RRULE:FREQ=WEEKLY;INTERVAL=2"), IsEmpty());
  EXPECT_THAT(events_of(start + "RRULE:FREQ=DAILY;UNTIL=20261124T235959Z"),
              ElementsAre("2026-11-23T09:00 2026-11-23T10:00 session", "2026-11-24T09:00 2026-11-24T10:00 session"));
  EXPECT_THAT(events_of(start + "RRULE:FREQ=WEEKLY;BYDAY=MO,WE\nEXDATE;TZID=Europe/London:20261123T090000"),
              ElementsAre("2026-11-25T09:00 2026-11-25T10:00 session"));
  EXPECT_THAT(events_of(start + "RDATE;TZID=Europe/London:20261127T140000"),
              ElementsAre("2026-11-27T14:00 2026-11-27T15:00 session"));
}

TEST(Calendar, OneInstanceMoved) {
  const auto found =
      read(kBegin +
           event("UID:1\nDTSTART;TZID=Europe/London:20260907T090000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;BYDAY=MO,WE") +
           event("UID:1\nRECURRENCE-ID;TZID=Europe/London:20261123T090000\n"
                 "DTSTART;TZID=Europe/London:20261123T140000\nDURATION:PT1H") +
           kEnd);
  EXPECT_THAT(found.events,
              ElementsAre("2026-11-23T14:00 2026-11-23T15:00 session", "2026-11-25T09:00 2026-11-25T10:00 session"));
}

TEST(Calendar, WhatAnEventMeans) {
  const std::string time = "\nDTSTART:20261123T120000\nDURATION:PT1H";
  EXPECT_THAT(events_of("SUMMARY:LUNCH, hall" + time), ElementsAre(HasSubstr("lunch")));
  EXPECT_THAT(events_of("SUMMARY:Long lunch" + time), ElementsAre(HasSubstr("break")));
  EXPECT_THAT(events_of("SUMMARY:x\nCATEGORIES:Inset,Other" + time), ElementsAre(HasSubstr("off")));
  EXPECT_THAT(events_of("SUMMARY:Maths" + time), ElementsAre(HasSubstr("session")));
  EXPECT_THAT(events_of("SUMMARY:Maths\nSTATUS:CANCELLED" + time), IsEmpty());
}

TEST(Calendar, ShorterEventsLieOnLongerOnes) {
  const auto found = read(kBegin + event("SUMMARY:Inset\nDTSTART;VALUE=DATE:20261123") +
                          event("SUMMARY:a\nDTSTART:20261123T090000\nDURATION:PT3H") +
                          event("SUMMARY:lunch\nDTSTART:20261123T100000\nDURATION:PT1H") + kEnd);
  EXPECT_THAT(found.events,
              ElementsAre("2026-11-23T00:00 2026-11-23T09:00 off", "2026-11-23T09:00 2026-11-23T10:00 session",
                          "2026-11-23T10:00 2026-11-23T11:00 lunch", "2026-11-23T11:00 2026-11-23T12:00 session",
                          "2026-11-23T12:00 2026-11-24T00:00 off"));
  EXPECT_THAT(found.told,
              ElementsAre("term.ics: warning: \"lunch\" overlaps \"a\" on 2026-11-23T10:00: the shorter one shows"));
}

TEST(Calendar, WhatCannotBeRead) {
  const std::pair<std::string, const char*> table[] = {
      {"SUMMARY:no start", "event \"no start\" has no start that can be read: left out"},
      {"SUMMARY:back\nDTSTART:20261123T100000\nDTEND:20261123T090000", "event \"back\" has no length: left out"},
      {"SUMMARY:s\x01\nDTSTART:20261123T100000\nDURATION:PT1H\nRRULE:FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30",
       "repeats more than daily, or in no way that is known: left out"},
  };
  for (const auto& [lines, told] : table) {
    const auto found = read(kBegin + event(lines) + kEnd);
    EXPECT_TRUE(found.ok);
    EXPECT_THAT(found.events, IsEmpty()) << lines;
    EXPECT_THAT(found.told, ElementsAre(HasSubstr(told))) << lines;
  }
  for (const auto& text : {std::string("<html>"), std::string(), std::string("BEGIN:VEVENT\r\nEND:VEVENT\r\n"),
                           std::string("BEGIN:VCALENDAR\0", 16), std::string(9u << 20, ' ')})
    EXPECT_FALSE(read(text).ok);
  EXPECT_TRUE(
      read(kBegin + event("DTSTART:20261123T090000\nDURATION:PT1H\nRRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30") + kEnd)
          .events.empty());
}

TEST(Calendar, WhatNeverHappensIsNotFollowedForEver) {
  std::string text = kBegin;
  for (int i = 0; i < 5'000; ++i)
    text += event("DTSTART:20200101T090000\nDURATION:PT1H\nRRULE:FREQ=DAILY;COUNT=2;BYMONTH=2;BYMONTHDAY=30");
  EXPECT_THAT(read(text + kEnd).told, ElementsAre("term.ics: error: 20 of its events repeat without ever happening"));
}

TEST(Calendar, EveryTruncationIsSurvived) {
  const auto text = kBegin +
                    event(
                        "UID:1\nSUMMARY:a\nDTSTART;TZID=Europe/London:20260907T090000\nDURATION:PT1H\n"
                        "RRULE:FREQ=WEEKLY;BYDAY=MO,WE\nEXDATE:20261123T090000Z") +
                    kEnd;
  for (std::size_t size = 0; size < text.size(); ++size)
    for (const auto& told : read(text.substr(0, size)).told)
      for (const char c : told)
        ASSERT_TRUE(c >= ' ' && c <= '~') << size;
}

}  // namespace
}  // namespace breakwater::rules
