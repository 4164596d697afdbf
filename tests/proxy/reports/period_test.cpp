#include "proxy/reports/period.h"

#include <gtest/gtest.h>

namespace breakwater::reports {
namespace {

TEST(Period, OverAtThatTime) {
  const auto* zone = rules::find_zone("Europe/London");
  ASSERT_NE(zone, nullptr);
  struct Row {
    std::string_view now, day, week, month;  // from, each until the day that follows it
  };
  constexpr Row kRows[] = {
      {"2026-11-23T07:00", "2026-11-22T00:00:00+00:00 2026-11-23T00:00:00+00:00",
       "2026-11-16T00:00:00+00:00 2026-11-23T00:00:00+00:00", "2026-10-01T00:00:00+01:00 2026-11-01T00:00:00+00:00"},
      {"2026-11-22T23:59", "2026-11-21T00:00:00+00:00 2026-11-22T00:00:00+00:00",
       "2026-11-09T00:00:00+00:00 2026-11-16T00:00:00+00:00", "2026-10-01T00:00:00+01:00 2026-11-01T00:00:00+00:00"},
      // The clocks change on 2026-03-29: the week has an hour less.
      {"2026-03-30T00:00", "2026-03-29T00:00:00+00:00 2026-03-30T00:00:00+01:00",
       "2026-03-23T00:00:00+00:00 2026-03-30T00:00:00+01:00", "2026-02-01T00:00:00+00:00 2026-03-01T00:00:00+00:00"},
      {"2027-01-01T00:00", "2026-12-31T00:00:00+00:00 2027-01-01T00:00:00+00:00",
       "2026-12-21T00:00:00+00:00 2026-12-28T00:00:00+00:00", "2026-12-01T00:00:00+00:00 2027-01-01T00:00:00+00:00"},
  };
  const auto text = [zone](const Period& period) {
    return rules::format_civil(period.from, *zone) + " " + rules::format_civil(period.until, *zone);
  };
  for (const auto& row : kRows) {
    const auto now = *rules::parse_civil(row.now, *zone);
    EXPECT_EQ(text(last_day(now, *zone)), row.day) << row.now;
    EXPECT_EQ(text(last_week(now, *zone)), row.week) << row.now;
    EXPECT_EQ(text(last_month(now, *zone)), row.month) << row.now;
  }
  const auto day = *rules::parse_date("2026-07-01");
  EXPECT_EQ(text(days(day, day, *zone)), "2026-07-01T00:00:00+01:00 2026-07-02T00:00:00+01:00");
  EXPECT_EQ(days(day, day, *zone).span, "day");
  EXPECT_EQ(days(day, day + std::chrono::days(3), *zone).span, "time");
}

}  // namespace
}  // namespace breakwater::reports
