#include "rules/timetable.h"

#include <algorithm>

#include <date/tz.h>

namespace breakwater::rules {
namespace {

using std::chrono::days;
using std::chrono::minutes;
using std::chrono::sys_days;

constexpr int kDay = 24 * 60;
/// How far a bell is looked for, either way.
constexpr days kHorizon{366};

/// A part of one civil day in which one period holds; minutes from midnight, half-open.
struct Stretch {
  std::string_view period;
  int begin;
  int end;
};

const Timetable::Exception* exception_on(const Timetable& timetable, sys_days day) {
  const auto found = std::find_if(timetable.exceptions.begin(), timetable.exceptions.end(), [&](const auto& exception) {
    return exception.first <= day && day <= exception.last;
  });
  return found == timetable.exceptions.end() ? nullptr : &*found;
}

/// A slot belongs to the day on which it begins: an exception on that day takes it away whole, and one on the next cuts
/// it at midnight.
Stretch stretch_at(const Timetable& timetable, sys_days day, int minute) {
  if (const auto* exception = exception_on(timetable, day)) return {exception->period, 0, kDay};
  Stretch gap{timetable.outside, 0, kDay};
  for (const int back : {1, 0}) {
    const auto began = day - days(back);
    if (back != 0 && exception_on(timetable, began)) continue;
    for (const auto& slot : timetable.week[std::chrono::weekday(began).iso_encoding() - 1]) {
      const int begin = std::max(slot.begin - back * kDay, 0);
      const int end = std::min(slot.end - back * kDay, kDay);
      if (end <= begin) continue;
      if (begin <= minute && minute < end) return {slot.period, begin, end};
      if (end <= minute) gap.begin = std::max(gap.begin, end);
      if (begin > minute) gap.end = std::min(gap.end, begin);
    }
  }
  return gap;
}

struct Piece {
  std::string_view period;
  SysSeconds from;
  SysSeconds until;
};

/// The stretch around `when` in real time, as far as the clocks keep their offset: within that, civil time and real
/// time run alike.
Piece piece_at(const Timetable& timetable, SysSeconds when) {
  const auto info = timetable.zone->get_info(when);
  const auto local = when + info.offset;  // civil time on the axis of sys_time
  const auto day = std::chrono::floor<days>(local);
  const auto minute = static_cast<int>(std::chrono::floor<minutes>(local - day).count());
  const auto stretch = stretch_at(timetable, day, minute);
  return {stretch.period, std::max(day + minutes(stretch.begin) - info.offset, info.begin),
          std::min(day + minutes(stretch.end) - info.offset, info.end)};
}

}  // namespace

PeriodSpan Timetable::at(SysSeconds when) const {
  const auto here = piece_at(*this, when);
  PeriodSpan span{here.period, here.from, here.until};
  while (span.until) {
    const auto next = piece_at(*this, *span.until);
    if (next.period != here.period) break;
    span.until = next.until;
    if (next.until > when + kHorizon) span.until.reset();
  }
  while (span.from) {
    const auto previous = piece_at(*this, *span.from - std::chrono::seconds(1));
    if (previous.period != here.period) break;
    span.from = previous.from;
    if (previous.from < when - kHorizon) span.from.reset();
  }
  return span;
}

}  // namespace breakwater::rules
