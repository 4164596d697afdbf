#pragma once

#include <array>
#include <chrono>
#include <map>
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

/// A civil-time week of periods with dated exceptions, in the centre's time zone.
class Timetable {
 public:
  /// Minutes from midnight, half-open. `end` may be over 24 h: it runs into the next day.
  struct Slot {
    int begin;
    int end;
    std::string period;
  };
  /// The whole of each date in [first, last] is `period`.
  struct Exception {
    std::chrono::sys_days first;
    std::chrono::sys_days last;
    std::string period;
  };

  std::string name;
  std::string outside = "outside";
  std::array<std::vector<Slot>, 7> week;  ///< Monday first; sorted, without overlap
  std::vector<Exception> exceptions;      ///< the first that covers a date wins
  const date::time_zone* zone = nullptr;

  /// The span that holds at `when`; neighbours of the same name are one span. Pure, thread-safe, microseconds: cache
  /// the span.
  PeriodSpan at(SysSeconds when) const;
};

}  // namespace breakwater::rules
