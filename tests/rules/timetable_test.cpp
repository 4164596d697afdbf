#include "rules/timetable.h"

#include <algorithm>
#include <random>

#include <date/tz.h>
#include <gtest/gtest.h>

#include "rules/civil_time.h"

namespace breakwater::rules {
namespace {

using std::chrono::days;
using std::chrono::minutes;

constexpr int kDay = 24 * 60;

Timetable empty(std::string_view zone) {
  Timetable timetable;
  timetable.outside = "closed";
  timetable.zone = find_zone(zone);
  return timetable;
}

Timetable weekdays() {
  auto timetable = empty("Europe/London");
  for (std::size_t day = 0; day < 5; ++day)
    timetable.weeks[0][day] = {
        {9 * 60, 630, "session"}, {630, 645, "break"}, {645, 750, "session"}, {795, 990, "session"}};
  timetable.exceptions = {{{*parse_date("2026-12-21"), *parse_date("2027-01-03")}, "closed"},
                          {{*parse_date("2026-11-25"), *parse_date("2026-11-25")}, "exam"}};
  return timetable;
}

struct Expected {
  const char* when;
  const char* period;
  const char* from;
  const char* until;
};

void check(const Timetable& timetable, std::initializer_list<Expected> table) {
  const auto show = [&](const std::optional<SysSeconds>& at) {
    return at ? format_civil(*at, *timetable.zone).substr(0, 16) : "";
  };
  for (const auto& [when, period, from, until] : table) {
    const auto at = *parse_civil(when, *timetable.zone);
    const auto span = timetable.at(at);
    EXPECT_EQ(span.period, period) << when;
    EXPECT_EQ(show(span.from), from) << when;
    EXPECT_EQ(show(span.until), until) << when;
    EXPECT_TRUE(span.contains(at)) << when;
  }
}

TEST(Timetable, WeekWithExceptions) {
  check(weekdays(),
        {
            {"2026-11-23T09:00", "session", "2026-11-23T09:00", "2026-11-23T10:30"},
            {"2026-11-23T10:29:59", "session", "2026-11-23T09:00", "2026-11-23T10:30"},
            {"2026-11-23T10:30", "break", "2026-11-23T10:30", "2026-11-23T10:45"},
            {"2026-11-23T12:30", "closed", "2026-11-23T12:30", "2026-11-23T13:15"},
            {"2026-11-20T17:00", "closed", "2026-11-20T16:30", "2026-11-23T09:00"},  // over the week-end
            {"2026-11-25T10:00", "exam", "2026-11-25T00:00", "2026-11-26T00:00"},
            {"2026-11-24T18:00", "closed", "2026-11-24T16:30", "2026-11-25T00:00"},
            {"2026-12-25T12:00", "closed", "2026-12-18T16:30", "2027-01-04T09:00"},  // merges with its neighbours
        });
}

TEST(Timetable, NeighboursOfOneNameAreOneSpan) {
  auto timetable = empty("Europe/London");
  timetable.weeks[0][0] = {{0, 600, "a"}, {600, kDay, "a"}};
  timetable.weeks[0][1] = {{0, 60, "a"}};
  check(timetable, {{"2026-11-23T10:00", "a", "2026-11-23T00:00", "2026-11-24T01:00"}});
}

TEST(Timetable, WithoutABellInSight) {
  auto timetable = empty("Europe/London");
  check(timetable, {{"2026-11-23T10:00", "closed", "", ""}});
  for (auto& day : timetable.weeks[0])
    day = {{0, kDay, "open"}};
  check(timetable, {{"2026-11-23T10:00", "open", "", ""}});
  timetable.exceptions = {{{*parse_date("2027-11-20"), *parse_date("2027-11-20")}, "closed"}};
  check(timetable, {{"2026-11-23T10:00", "open", "", "2027-11-20T00:00"}, {"2026-11-10T10:00", "open", "", ""}});
  timetable.exceptions = {{{*parse_date("1970-01-01"), *parse_date("2999-12-31")}, "closed"}};
  check(timetable, {{"2026-11-23T10:00", "closed", "", ""}});
}

TEST(Timetable, MidnightIsCutByAnException) {
  auto timetable = empty("Europe/London");
  timetable.weeks[0][0] = {{22 * 60, 26 * 60, "night"}};  // Monday to Tuesday 02:00
  timetable.weeks[0][6] = {{22 * 60, 26 * 60, "night"}};  // Sunday to Monday 02:00
  check(timetable, {{"2026-11-24T01:00", "night", "2026-11-23T22:00", "2026-11-24T02:00"},
                    {"2026-11-23T01:59", "night", "2026-11-22T22:00", "2026-11-23T02:00"}});
  timetable.exceptions = {{{*parse_date("2026-11-24"), *parse_date("2026-11-24")}, "closed"}};
  check(timetable, {{"2026-11-23T23:00", "night", "2026-11-23T22:00", "2026-11-24T00:00"},
                    {"2026-11-24T01:00", "closed", "2026-11-24T00:00", "2026-11-29T22:00"}});
  timetable.exceptions = {
      {{*parse_date("2026-11-23"), *parse_date("2026-11-23")}, "closed"}};  // the night never begins
  check(timetable, {{"2026-11-24T01:00", "closed", "2026-11-23T00:00", "2026-11-29T22:00"}});
}

TEST(Timetable, ClockChangesOfLondon) {
  auto timetable = empty("Europe/London");
  timetable.weeks[0][6] = {{30, 90, "early"}, {110, 150, "late"}};  // 00:30-01:30, 01:50-02:30
  const auto at = [](const char* utc) { return *parse_civil(utc, *find_zone("UTC")); };
  const std::tuple<const char*, const char*, const char*, const char*> table[] = {
      // 29 March: 01:00 GMT is 02:00 BST. "early" ends with the gap, which "late" begins in.
      {"2026-03-29T00:45", "early", "2026-03-29T00:30", "2026-03-29T01:00"},
      {"2026-03-29T01:10", "late", "2026-03-29T01:00", "2026-03-29T01:30"},
      // 25 October: 02:00 BST is 01:00 GMT; the clocks show 01:00 to 02:00 twice.
      {"2026-10-25T00:00", "early", "2026-10-24T23:30", "2026-10-25T00:30"},
      {"2026-10-25T00:55", "late", "2026-10-25T00:50", "2026-10-25T01:00"},
      {"2026-10-25T01:10", "early", "2026-10-25T01:00", "2026-10-25T01:30"},
      {"2026-10-25T01:55", "late", "2026-10-25T01:50", "2026-10-25T02:30"},
  };
  for (const auto& [when, period, from, until] : table) {
    const auto span = timetable.at(at(when));
    EXPECT_EQ(span.period, period) << when;
    EXPECT_EQ(span.from, at(from)) << when;
    EXPECT_EQ(span.until, at(until)) << when;
  }
}

/// What the clock on the wall says, minute by minute, without any arithmetic of spans.
std::string_view oracle(const Timetable& timetable, SysSeconds when) {
  const auto local = timetable.zone->to_local(when);
  const auto day = date::floor<date::days>(local);
  const auto minute = static_cast<int>((local - day) / minutes(1));
  const auto exception = [&](std::chrono::sys_days on) -> const std::string* {
    for (const auto& one : timetable.exceptions)
      if (one.times.empty() && one.dates.contain(on)) return &one.period;
    return nullptr;
  };
  const std::chrono::sys_days today{day.time_since_epoch()};
  if (const auto* period = exception(today)) return *period;
  const auto week_day = date::weekday(day).iso_encoding() - 1;
  for (const auto& slot : timetable.weeks[0][week_day])
    if (slot.begin <= minute && minute < slot.end) return slot.period;
  if (!exception(today - days(1)))
    for (const auto& slot : timetable.weeks[0][(week_day + 6) % 7])
      if (minute + kDay < slot.end) return slot.period;
  return timetable.outside;
}

Timetable random_timetable(std::mt19937& random, std::string_view zone, std::chrono::sys_days around) {
  auto timetable = empty(zone);
  const auto below = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
  const std::string names[] = {"a", "b", "c", "closed"};
  int night_before = 0;
  for (auto& day : timetable.weeks[0]) {
    int at = night_before;
    night_before = 0;
    while (at < kDay) {
      const int begin = at + below(4) * below(120);
      const int end = begin + 1 + below(240);
      if (begin >= kDay) break;
      day.push_back({begin, end, names[below(4)]});
      at = end;
      night_before = std::max(0, end - kDay);
    }
  }
  if (night_before > timetable.weeks[0][0].front().begin) timetable.weeks[0][6].back().end = kDay;
  for (int i = below(3); i > 0; --i) {
    const auto first = around + days(below(9) - 4);
    timetable.exceptions.push_back({{first, first + days(below(3))}, names[below(4)]});
  }
  return timetable;
}

TEST(Timetable, AgreesWithTheClockOnTheWall) {
  const std::pair<const char*, const char*> changes[] = {
      {"Europe/London", "2026-03-29"},     {"Europe/London", "2026-10-25"},       {"America/New_York", "2026-03-08"},
      {"America/New_York", "2026-11-01"},  {"Australia/Lord_Howe", "2026-04-05"}, {"Australia/Lord_Howe", "2026-10-04"},
      {"Africa/Casablanca", "2026-02-15"}, {"America/Sao_Paulo", "2018-11-04"},  // changes at midnight
  };
  std::mt19937 random(20261123);
  constexpr int kWindow = 10 * kDay;
  for (const auto& [zone, date] : changes) {
    for (int round = 0; round < 4; ++round) {
      const auto change = *parse_date(date);
      const auto timetable = random_timetable(random, zone, change);
      const SysSeconds begin = change - days(5);
      std::vector<std::string_view> expected(kWindow);
      for (int i = 0; i < kWindow; ++i)
        expected[static_cast<std::size_t>(i)] = oracle(timetable, begin + minutes(i));
      for (int i = 0; i < kWindow;) {
        int end = i + 1;
        while (end < kWindow && expected[static_cast<std::size_t>(end)] == expected[static_cast<std::size_t>(i)])
          ++end;
        for (const int minute : {i, (i + end) / 2, end - 1}) {
          const auto span = timetable.at(begin + minutes(minute));
          ASSERT_EQ(span.period, expected[static_cast<std::size_t>(i)]) << zone << ' ' << date << " minute " << minute;
          if (i > 0) {
            ASSERT_EQ(span.from, begin + minutes(i)) << zone << ' ' << date << " minute " << minute;
          }
          if (end < kWindow) {
            ASSERT_EQ(span.until, begin + minutes(end)) << zone << ' ' << date << " minute " << minute;
          }
        }
        i = end;
      }
    }
  }
}

}  // namespace
}  // namespace breakwater::rules
