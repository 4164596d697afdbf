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

TEST(Timetable, WeeksTakeTurnsInTerms) {
  auto timetable = empty("Europe/London");
  timetable.weeks.resize(2);
  timetable.first_week = *parse_date("2026-09-07");
  timetable.weeks[0][0] = {{540, 600, "a"}};
  timetable.weeks[1][0] = {{540, 600, "b"}};
  timetable.terms = {{*parse_date("2026-09-14"), *parse_date("2026-12-18")}};
  check(timetable, {{"2026-09-07T09:00", "closed", "", "2026-09-14T09:00"},  // before the term
                    {"2026-09-14T09:00", "b", "2026-09-14T09:00", "2026-09-14T10:00"},
                    {"2026-10-26T09:30", "b", "2026-10-26T09:00", "2026-10-26T10:00"},  // over the change of clocks
                    {"2026-11-30T09:00", "a", "2026-11-30T09:00", "2026-11-30T10:00"},
                    {"2026-12-21T09:00", "closed", "2026-12-14T10:00", ""}});
}

TEST(Timetable, ExceptionsOfSomeHours) {
  auto timetable = weekdays();
  timetable.exceptions = {
      {{*parse_date("2026-11-23"), *parse_date("2026-11-23")}, "exam", {{600, 720}}},
      {{*parse_date("2026-11-23"), *parse_date("2026-11-24")}, "closed", {{660, kDay}}},  // early finish; the exam wins
  };
  check(timetable, {{"2026-11-23T09:30", "session", "2026-11-23T09:00", "2026-11-23T10:00"},
                    {"2026-11-23T10:35", "exam", "2026-11-23T10:00", "2026-11-23T12:00"},
                    {"2026-11-23T12:00", "closed", "2026-11-23T12:00", "2026-11-24T09:00"},
                    {"2026-11-24T10:50", "session", "2026-11-24T10:45", "2026-11-24T11:00"}});
}

TEST(Timetable, EventsOfACalendarStandAboveTheWeek) {
  auto timetable = weekdays();
  const auto at = [](const char* civil) { return *parse_civil(civil, *find_zone("Europe/London")); };
  timetable.events = {{at("2026-11-23T10:00"), at("2026-11-23T11:00"), "visit"},
                      {at("2026-11-28T09:00"), at("2026-11-28T12:00"), "session"}};
  check(timetable, {{"2026-11-23T09:00", "session", "2026-11-23T09:00", "2026-11-23T10:00"},
                    {"2026-11-23T10:40", "visit", "2026-11-23T10:00", "2026-11-23T11:00"},
                    {"2026-11-23T11:00", "session", "2026-11-23T11:00", "2026-11-23T12:30"},
                    {"2026-11-28T10:00", "session", "2026-11-28T09:00", "2026-11-28T12:00"}});
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
class Oracle {
 public:
  explicit Oracle(const Timetable& timetable) : timetable_(timetable) {}

  std::string_view at(SysSeconds when) const {
    const auto local = timetable_.zone->to_local(when);
    const auto floor = date::floor<date::days>(local);
    const std::chrono::sys_days today{floor.time_since_epoch()};
    const auto minute = static_cast<int>((local - floor) / minutes(1));
    for (const auto& one : timetable_.exceptions)
      if (covers(one, today, minute) || covers(one, today - days(1), minute + kDay)) return one.period;
    for (const auto& event : timetable_.events)
      if (event.begin <= when && when < event.end) return event.period;
    for (const auto& [day, on_it] : {std::pair(today, minute), std::pair(today - days(1), minute + kDay)}) {
      if (!in_term(day) || (on_it >= kDay && is_taken_away(day))) continue;
      const auto& week = timetable_.weeks[turn(day)];
      for (const auto& slot : week[std::chrono::weekday(day).iso_encoding() - 1])
        if (slot.begin <= on_it && on_it < slot.end) return slot.period;
    }
    return timetable_.outside;
  }

 private:
  static bool covers(const Timetable::Exception& one, std::chrono::sys_days day, int minute) {
    if (!one.dates.contain(day)) return false;
    if (one.times.empty()) return minute < kDay;
    return std::ranges::any_of(one.times, [&](auto times) { return times.begin <= minute && minute < times.end; });
  }
  bool is_taken_away(std::chrono::sys_days day) const {
    return std::ranges::any_of(timetable_.exceptions,
                               [&](const auto& one) { return one.times.empty() && one.dates.contain(day); });
  }
  bool in_term(std::chrono::sys_days day) const {
    return timetable_.terms.empty() ||
           std::ranges::any_of(timetable_.terms, [&](const auto& term) { return term.contain(day); });
  }
  /// Counted week by week from the first.
  std::size_t turn(std::chrono::sys_days day) const {
    std::size_t turn = 0;
    auto monday = timetable_.first_week;
    for (; monday + days(7) <= day; monday += days(7))
      turn = (turn + 1) % timetable_.weeks.size();
    for (; monday > day; monday -= days(7))
      turn = (turn + timetable_.weeks.size() - 1) % timetable_.weeks.size();
    return turn;
  }

  const Timetable& timetable_;
};

Timetable random_timetable(std::mt19937& random, std::string_view zone, std::chrono::sys_days around) {
  auto timetable = empty(zone);
  const auto below = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
  const std::string names[] = {"a", "b", "c", "closed"};
  const auto monday = around - (std::chrono::weekday(around) - std::chrono::Monday);
  timetable.weeks.resize(static_cast<std::size_t>(1 + below(3)));
  timetable.first_week = monday + days(7 * (below(9) - 4));
  int night_before = 0;
  for (auto& week : timetable.weeks) {
    for (auto& day : week) {
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
  }
  if (night_before > timetable.weeks[0][0].front().begin) timetable.weeks.back()[6].back().end = kDay;
  for (int i = below(4); i > 0; --i) {
    const auto first = around + days(below(9) - 4);
    auto& exception =
        timetable.exceptions.emplace_back(Timetable::Exception{{first, first + days(below(3))}, names[below(4)]});
    for (int times = below(3); times > 0; --times) {
      const int begin = below(kDay);
      exception.times.push_back({begin, begin + 1 + below(600)});
    }
  }
  if (below(3) == 0) timetable.terms = {{around - days(3), around - days(1)}, {around + days(1), around + days(9)}};
  SysSeconds at = around - days(5);
  for (int i = below(6); i > 0; --i) {
    const auto begin = at + minutes(below(2 * kDay));
    timetable.events.push_back({begin, begin + minutes(1 + below(300)), names[below(4)]});
    at = timetable.events.back().end;
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
    for (int round = 0; round < 12; ++round) {
      const auto change = *parse_date(date);
      const auto timetable = random_timetable(random, zone, change);
      const SysSeconds begin = change - days(5);
      std::vector<std::string_view> expected(kWindow);
      for (int i = 0; i < kWindow; ++i)
        expected[static_cast<std::size_t>(i)] = Oracle(timetable).at(begin + minutes(i));
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
