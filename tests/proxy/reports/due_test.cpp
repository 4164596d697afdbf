#include "proxy/reports/due.h"

#include <gtest/gtest.h>

namespace breakwater::reports {
namespace {

class DueTest : public testing::Test {
 protected:
  DueTest() {
    working_.zone = zone_;
    for (std::size_t day = 0; day < 5; ++day)
      working_.weeks[0][day] = {{9 * 60, 16 * 60, "session"}};
    const auto day = [](std::string_view text) { return *rules::parse_date(text); };
    working_.exceptions = {{{day("2026-11-30"), day("2026-11-30")}, "outside"},
                           {{day("2026-12-21"), day("2027-01-03")}, "outside"}};
  }

  std::string due(Every every, std::string_view now) const {
    const auto found = last_due(every, schedule_, &working_, *rules::parse_civil(now, *zone_), *zone_);
    if (!found) return "none";
    const auto text = [this](std::chrono::sys_days day) {
      return rules::format_civil(rules::from_civil(day, {}, *zone_), *zone_).substr(0, 10);
    };
    return rules::format_civil(found->at, *zone_).substr(0, 16) + " " + text(found->first) + " " + text(found->after);
  }

  const date::time_zone* zone_ = rules::find_zone("Europe/London");
  rules::Timetable working_;
  rules::ReportSchedule schedule_;
};

TEST_F(DueTest, TheLastOneOfEachKind) {
  struct Row {
    std::string_view now, day, week, month;  // when it was due, from, until the day after
  };
  constexpr Row kRows[] = {
      {"2026-11-23T07:30", "2026-11-23T07:30 2026-11-20 2026-11-23", "2026-11-23T07:30 2026-11-16 2026-11-23",
       "2026-11-02T07:30 2026-10-01 2026-11-01"},
      {"2026-11-23T07:29", "2026-11-20T07:30 2026-11-19 2026-11-20", "2026-11-16T07:30 2026-11-09 2026-11-16",
       "2026-11-02T07:30 2026-10-01 2026-11-01"},
      // The Monday is a holiday: what is due then comes on Tuesday, and the day's report tells of four days.
      {"2026-11-30T12:00", "2026-11-27T07:30 2026-11-26 2026-11-27", "2026-11-23T07:30 2026-11-16 2026-11-23",
       "2026-11-02T07:30 2026-10-01 2026-11-01"},
      {"2026-12-01T07:30", "2026-12-01T07:30 2026-11-27 2026-12-01", "2026-12-01T07:30 2026-11-23 2026-11-30",
       "2026-12-01T07:30 2026-11-01 2026-12-01"},
      // Two weeks without a working day have no report of their own.
      {"2027-01-04T08:00", "2027-01-04T07:30 2026-12-18 2027-01-04", "2027-01-04T07:30 2026-12-28 2027-01-04",
       "2027-01-04T07:30 2026-12-01 2027-01-01"},
      {"2027-01-03T08:00", "2026-12-18T07:30 2026-12-17 2026-12-18", "2026-12-14T07:30 2026-12-07 2026-12-14",
       "2026-12-01T07:30 2026-11-01 2026-12-01"},
      // Summer time begins on Sunday.
      {"2026-03-30T07:30", "2026-03-30T07:30 2026-03-27 2026-03-30", "2026-03-30T07:30 2026-03-23 2026-03-30",
       "2026-03-02T07:30 2026-02-01 2026-03-01"},
  };
  for (const auto& row : kRows) {
    EXPECT_EQ(due(Every::day, row.now), row.day) << row.now;
    EXPECT_EQ(due(Every::week, row.now), row.week) << row.now;
    EXPECT_EQ(due(Every::month, row.now), row.month) << row.now;
  }
}

TEST_F(DueTest, OnTheWeekdayThatIsAskedFor) {
  schedule_.weekday = std::chrono::Friday;
  EXPECT_EQ(due(Every::week, "2026-11-27T07:30"), "2026-11-27T07:30 2026-11-16 2026-11-23");
}

TEST_F(DueTest, WhereNobodyEverWorksThereIsNone) {
  working_.weeks = {{}};
  for (const auto every : {Every::day, Every::week, Every::month})
    EXPECT_EQ(due(every, "2026-11-23T07:30"), "none");
}

TEST_F(DueTest, ATimeIsCalledWhatItIs) {
  struct Row {
    std::string_view first, after, span;
  };
  constexpr Row kRows[] = {{"2026-11-23", "2026-11-24", "day"},
                           {"2026-11-20", "2026-11-23", "time"},
                           {"2026-11-16", "2026-11-23", "week"},
                           {"2026-11-01", "2026-12-01", "month"},
                           {"2026-10-31", "2026-12-01", "time"}};
  for (const auto& row : kRows)
    EXPECT_EQ(period_of(*rules::parse_date(row.first), *rules::parse_date(row.after), *zone_).span, row.span)
        << row.first;
}

}  // namespace
}  // namespace breakwater::reports
