#pragma once

#include <array>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rules/verdict.h"

namespace date {
class time_zone;
}

namespace breakwater::rules {

/// A stretch of time in which one period holds: [from, until). No value: it has always held, or no bell is in sight (a
/// year).
struct PeriodSpan {
  std::string_view period;  ///< owned by the timetable
  std::optional<SysSeconds> from;
  std::optional<SysSeconds> until;
  bool contains(SysSeconds when) const { return (!from || when >= *from) && (!until || when < *until); }
};

/// A civil-time week of periods, or several weeks in turn, with terms, dated exceptions and the events of a calendar,
/// in the centre's time zone.
class Timetable {
 public:
  /// Minutes from midnight, half-open. `end` may be over 24 h: it runs into the next day.
  struct Times {
    int begin;
    int end;
  };
  struct Slot {
    int begin;
    int end;
    std::string period;
  };
  using Week = std::array<std::vector<Slot>, 7>;  ///< Monday first; sorted, without overlap
  /// Both included.
  struct Dates {
    std::chrono::sys_days first;
    std::chrono::sys_days last;
    bool contain(std::chrono::sys_days day) const { return first <= day && day <= last; }
  };
  /// On each of the dates `period`, at these times or the whole day.
  struct Exception {
    Dates dates;
    std::string period;
    std::vector<Times> times{};  ///< empty: the whole day
  };
  /// Of a calendar; half-open.
  struct Event {
    SysSeconds begin;
    SysSeconds end;
    std::string period;
  };

  std::string name;
  std::string outside = "outside";
  std::vector<Week> weeks{1};          ///< at least one; they take turns
  std::chrono::sys_days first_week{};  ///< the Monday of a week that is weeks[0]
  std::vector<Dates> terms;            ///< the weeks hold on these dates; empty: always
  std::vector<Exception> exceptions;   ///< above all else; the first that covers a time wins
  std::vector<Event> events;           ///< above the weeks, in terms or not; sorted, without overlap
  const date::time_zone* zone = nullptr;

  /// The span that holds at `when`; neighbours of the same name are one span. Pure, thread-safe, microseconds: cache
  /// the span.
  PeriodSpan at(SysSeconds when) const;

  /// Which of `weeks` the day is in.
  std::size_t week_of(std::chrono::sys_days day) const;
};

}  // namespace breakwater::rules
