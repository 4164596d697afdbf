#include "rules/civil_time.h"

#include <string>

#include <date/tz.h>
#include <gtest/gtest.h>

namespace breakwater::rules {
namespace {

std::string utc(std::optional<SysSeconds> when) {
  return when ? format_civil(*when, *find_zone("UTC")) : "none";
}

TEST(CivilTime, FindsZones) {
  ASSERT_NE(find_zone("Europe/London"), nullptr);
  EXPECT_EQ(find_zone("Europe/Londn"), nullptr);
  EXPECT_EQ(find_zone(""), nullptr);
  EXPECT_EQ(find_zone("../../etc/passwd"), nullptr);
  EXPECT_GT(zone_names().size(), 300U);
}

TEST(CivilTime, ParsesOnTheZonesClocks) {
  struct Case {
    const char* zone;
    const char* text;
    const char* expected;  // UTC
  };
  const Case table[] = {
      {"Europe/London", "2026-11-23T10:35", "2026-11-23T10:35:00+00:00"},
      {"Europe/London", "2026-11-23T10:35:20", "2026-11-23T10:35:20+00:00"},
      {"Europe/London", "2026-07-01T10:35", "2026-07-01T09:35:00+00:00"},
      {"America/New_York", "2026-07-01T00:00", "2026-07-01T04:00:00+00:00"},
      // Skipped: 01:00 to 02:00 on 29 March; the first instant after the gap.
      {"Europe/London", "2026-03-29T00:59:59", "2026-03-29T00:59:59+00:00"},
      {"Europe/London", "2026-03-29T01:00", "2026-03-29T01:00:00+00:00"},
      {"Europe/London", "2026-03-29T01:30", "2026-03-29T01:00:00+00:00"},
      {"Europe/London", "2026-03-29T02:00", "2026-03-29T01:00:00+00:00"},
      // Repeated: 01:00 to 02:00 on 25 October; the earlier.
      {"Europe/London", "2026-10-25T00:30", "2026-10-24T23:30:00+00:00"},
      {"Europe/London", "2026-10-25T01:30", "2026-10-25T00:30:00+00:00"},
      {"Europe/London", "2026-10-25T02:00", "2026-10-25T02:00:00+00:00"},
      // A change of half an hour.
      {"Australia/Lord_Howe", "2026-10-04T02:15", "2026-10-03T15:30:00+00:00"},
      {"Australia/Lord_Howe", "2026-04-05T01:45", "2026-04-04T14:45:00+00:00"},
  };
  for (const auto& [zone, text, expected] : table)
    EXPECT_EQ(utc(parse_civil(text, *find_zone(zone))), expected) << zone << ' ' << text;
}

TEST(CivilTime, RefusesWhatIsNoTime) {
  const auto& zone = *find_zone("Europe/London");
  const std::string good = "2026-11-23T10:35:20";
  for (std::size_t length = 0; length < good.size(); ++length)
    EXPECT_EQ(parse_civil(good.substr(0, length), zone).has_value(), length == 16) << length;
  for (const auto* text : {"2026-11-23 10:35", "2026-02-29T10:35", "2026-13-01T10:35", "2026-00-01T10:35",
                           "2026-11-31T10:35", "2026-11-23T24:00", "2026-11-23T10:60", "2026-11-23T10:35:60",
                           "2026-11-23T10:35Z", "2026-11-23T10:35:20Z", "+026-11-23T10:35", "1969-11-23T10:35",
                           "3000-11-23T10:35", "2026-11-23T10.35", "2026/11/23T10:35", "2026-11-23T-1:35"})
    EXPECT_FALSE(parse_civil(text, zone)) << text;
}

TEST(CivilTime, FormatsWithOffset) {
  const auto at = [](const char* text) { return *parse_civil(text, *find_zone("UTC")); };
  EXPECT_EQ(format_civil(at("2026-11-23T10:30"), *find_zone("Europe/London")), "2026-11-23T10:30:00+00:00");
  EXPECT_EQ(format_civil(at("2026-07-01T23:30:05"), *find_zone("Europe/London")), "2026-07-02T00:30:05+01:00");
  EXPECT_EQ(format_civil(at("2026-01-01T03:00"), *find_zone("America/St_Johns")), "2025-12-31T23:30:00-03:30");
  EXPECT_EQ(format_civil(at("2026-01-01T03:00"), *find_zone("Asia/Kathmandu")), "2026-01-01T08:45:00+05:45");
}

TEST(CivilTime, DaysAreAsLongAsTheClocksMakeThem) {
  struct Case {
    const char* zone;
    const char* when;
    const char* from;
    int hours;
  };
  constexpr Case kTable[] = {
      {"Europe/London", "2026-11-23T23:59:59", "2026-11-23T00:00", 24},
      {"Europe/London", "2026-07-01T00:30", "2026-07-01T00:00", 24},  // the day before by UTC
      {"Europe/London", "2026-10-25T12:00", "2026-10-25T00:00", 25},
      {"Europe/London", "2026-03-29T12:00", "2026-03-29T00:00", 23},
      {"America/Asuncion", "2023-10-01T12:00", "2023-10-01T01:00", 23},  // without a midnight
  };
  for (const auto& [name, when, from, hours] : kTable) {
    const auto& zone = *find_zone(name);
    const auto day = day_of(*parse_civil(when, zone), zone);
    EXPECT_EQ(day.from, *parse_civil(from, zone)) << when;
    EXPECT_EQ(day.until - day.from, std::chrono::hours(hours)) << when;
  }
}

TEST(CivilTime, CivilDayIsThatOfTheZonesClocks) {
  const auto at = [](const char* text) { return *parse_civil(text, *find_zone("UTC")); };
  const auto& london = *find_zone("Europe/London");
  EXPECT_EQ(civil_day(at("2026-11-23T23:59:59"), london), *parse_date("2026-11-23"));
  EXPECT_EQ(civil_day(at("2026-07-01T22:59:59"), london), *parse_date("2026-07-01"));
  EXPECT_EQ(civil_day(at("2026-07-01T23:00"), london), *parse_date("2026-07-02"));
  EXPECT_EQ(civil_day(at("2026-01-01T03:00"), *find_zone("America/St_Johns")), *parse_date("2025-12-31"));
}

TEST(CivilTime, FormatsForPeople) {
  const auto& zone = *find_zone("Europe/London");
  const auto at = [&](const char* text) { return *parse_civil(text, zone); };
  const auto now = at("2026-11-23T09:00");
  EXPECT_EQ(format_short(at("2026-11-23T10:30"), now, zone), "10:30");
  EXPECT_EQ(format_short(at("2026-11-23T00:00"), now, zone), "00:00");
  EXPECT_EQ(format_short(at("2026-11-24T00:00"), now, zone), "Tue 24 Nov 00:00");
  EXPECT_EQ(format_short(at("2026-12-06T07:05"), now, zone), "Sun 6 Dec 07:05");
  // 23:30 UTC is the next civil day in summer.
  EXPECT_EQ(format_short(at("2026-07-02T00:30"), at("2026-07-01T23:30"), zone), "Thu 2 Jul 00:30");
}

}  // namespace
}  // namespace breakwater::rules
