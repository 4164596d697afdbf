#include "rules/timetable.h"

#include <algorithm>

#include <date/tz.h>

namespace breakwater::rules {
namespace {

using std::chrono::days;
using std::chrono::minutes;
using std::chrono::sys_days;

/// How far a bell is looked for, either way.
constexpr days kHorizon{366};

struct Piece {
  std::string_view period;
  SysSeconds from;
  SysSeconds until;
};

/// What shows at one instant of the layers that are put on top of each other, and how far to both sides.
class Layers {
 public:
  Layers(SysSeconds when, Piece lowest) : when_(when), top_(lowest) {}

  void add(std::string_view period, SysSeconds from, SysSeconds until) {
    if (from >= until) return;
    if (until <= when_)
      top_.from = std::max(top_.from, until);
    else if (from > when_)
      top_.until = std::min(top_.until, from);
    else
      top_ = {period, from, until};
  }

  Piece top() const { return top_; }

 private:
  SysSeconds when_;
  Piece top_;
};

/// The layers of the civil day around an instant. Within the stretch in which the clocks keep their offset, civil time
/// and real time run alike.
class Day {
 public:
  Day(const Timetable& timetable, SysSeconds when, const date::sys_info& info)
      : timetable_(timetable),
        when_(when),
        offset_(info.offset),
        day_(std::chrono::floor<days>(when + info.offset)),
        layers_(when, {timetable.outside, day_ - offset_, day_ + days(1) - offset_}) {}

  Piece piece() {
    // What begins on a day belongs to it, also after midnight.
    for (const auto began : {day_ - days(1), day_})
      weeks(began);
    events();
    for (auto exception = timetable_.exceptions.rbegin(); exception != timetable_.exceptions.rend(); ++exception)
      for (const auto began : {day_ - days(1), day_})
        if (exception->dates.contain(began)) add(*exception, began);
    // What holds on the days beside is theirs to say.
    const auto top = layers_.top();
    return {top.period, std::max<SysSeconds>(top.from, day_ - offset_),
            std::min<SysSeconds>(top.until, day_ + days(1) - offset_)};
  }

 private:
  void add(std::string_view period, sys_days began, Timetable::Times times) {
    layers_.add(period, began + minutes(times.begin) - offset_, began + minutes(times.end) - offset_);
  }

  void add(const Timetable::Exception& exception, sys_days began) {
    if (exception.times.empty()) layers_.add(exception.period, began - offset_, began + days(1) - offset_);
    for (const auto times : exception.times)
      add(exception.period, began, times);
  }

  void weeks(sys_days began) {
    const auto holds = [&](const Timetable::Dates& term) { return term.contain(began); };
    if (!timetable_.terms.empty() && std::ranges::none_of(timetable_.terms, holds)) return;
    const auto takes_away = [&](const Timetable::Exception& one) {
      return one.times.empty() && one.dates.contain(began);
    };
    if (began != day_ && std::ranges::any_of(timetable_.exceptions, takes_away)) return;
    const auto& week = timetable_.weeks[timetable_.week_of(began)];
    for (const auto& slot : week[std::chrono::weekday(began).iso_encoding() - 1])
      add(slot.period, began, {slot.begin, slot.end});
  }

  /// The one that may hold, and its neighbours.
  void events() {
    const auto& events = timetable_.events;
    const auto next = std::ranges::upper_bound(events, when_, {}, &Timetable::Event::begin);
    if (next != events.end()) layers_.add(next->period, next->begin, next->end);
    if (next != events.begin()) layers_.add((next - 1)->period, (next - 1)->begin, (next - 1)->end);
  }

  const Timetable& timetable_;
  SysSeconds when_;
  std::chrono::seconds offset_;
  sys_days day_;
  Layers layers_;
};

Piece piece_at(const Timetable& timetable, SysSeconds when) {
  const auto info = timetable.zone->get_info(when);
  const auto piece = Day(timetable, when, info).piece();
  return {piece.period, std::max<SysSeconds>(piece.from, info.begin), std::min<SysSeconds>(piece.until, info.end)};
}

}  // namespace

std::size_t Timetable::week_of(sys_days day) const {
  const auto number = std::chrono::floor<std::chrono::weeks>(day - first_week).count();
  const auto turns = static_cast<std::int64_t>(weeks.size());
  return static_cast<std::size_t>(((number % turns) + turns) % turns);
}

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
