#include "rules/calendar.h"

#include <algorithm>
#include <map>
#include <memory>
#include <set>

#include <date/tz.h>
#include <libical/ical.h>

#include "categories/words.h"
#include "rules/civil_time.h"

namespace breakwater::rules {
namespace {

using std::chrono::days;
using std::chrono::seconds;

constexpr std::size_t kMaxBytes = 8u << 20;
constexpr std::size_t kMaxEvents = 50'000;    ///< within the window, repeats counted
constexpr std::size_t kMaxRepeats = 100'000;  ///< looked at for one event: daily for 270 years
constexpr days kLongest{31};                  ///< how long before the window a repeated event may have begun
constexpr std::size_t kMaxBarren = 20;
constexpr std::size_t kMaxWarnings = 20;
constexpr std::size_t kQuoted = 60;

struct Free {
  void operator()(icalcomponent* component) const { icalcomponent_free(component); }
  void operator()(icalrecur_iterator* iterator) const { icalrecur_iterator_free(iterator); }
};

/// One event as it stands in the calendar, before shorter ones are put on top.
struct Found {
  Timetable::Event event;
  std::string summary;
};

/// All at once: looking at one of them may move the library's own place among them.
std::vector<icalproperty*> properties(icalcomponent* component, icalproperty_kind kind) {
  std::vector<icalproperty*> all;
  for (auto* property = icalcomponent_get_first_property(component, kind); property;
       property = icalcomponent_get_next_property(component, kind))
    all.push_back(property);
  return all;
}

std::vector<icalcomponent*> components(icalcomponent* parent, icalcomponent_kind kind) {
  std::vector<icalcomponent*> all;
  for (auto* component = icalcomponent_get_first_component(parent, kind); component;
       component = icalcomponent_get_next_component(parent, kind))
    all.push_back(component);
  return all;
}

std::string_view view_of(const char* text) {
  return text ? text : "";
}

class CalendarReader {
 public:
  CalendarReader(const std::string& file, const Calendar& calendar, const date::time_zone& zone,
                 Timetable::Dates window, categories::Diagnostics& diagnostics)
      : file_(file),
        calendar_(calendar),
        zone_(zone),
        begin_(window.first),
        end_(window.last + days(1)),
        diagnostics_(diagnostics) {}

  std::optional<std::vector<Found>> read(const std::string& text) {
    const std::unique_ptr<icalcomponent, Free> top(icalparser_parse_string(text.c_str()));
    // A file may hold one calendar or several.
    auto calendars = top ? components(top.get(), ICAL_VCALENDAR_COMPONENT) : std::vector<icalcomponent*>{};
    if (top && icalcomponent_isa(top.get()) == ICAL_VCALENDAR_COMPONENT) calendars.push_back(top.get());
    if (calendars.empty()) {
      complain(categories::Severity::error, "is no iCalendar file");
      return std::nullopt;
    }
    std::vector<icalcomponent*> events;
    for (auto* calendar : calendars)
      for (auto* event : components(calendar, ICAL_VEVENT_COMPONENT))
        events.push_back(event);
    for (auto* event : events)
      note_replaced(event);
    for (auto* event : events) {
      read_event(event);
      if (barren_ < kMaxBarren) continue;
      complain(categories::Severity::error,
               std::to_string(kMaxBarren) + " of its events repeat without ever happening");
      return std::nullopt;
    }
    if (found_.size() > kMaxEvents) {
      complain(categories::Severity::error, "has more than " + std::to_string(kMaxEvents) + " events");
      return std::nullopt;
    }
    if (warnings_ > kMaxWarnings)
      complain(categories::Severity::warning, "... and " + std::to_string(warnings_ - kMaxWarnings) + " more events");
    return std::move(found_);
  }

 private:
  void complain(categories::Severity severity, std::string message) {
    diagnostics_.push_back({severity, file_, 0, 0, std::move(message)});
  }

  void warn(icalcomponent* event, std::string_view why) {
    if (++warnings_ > kMaxWarnings) return;
    complain(categories::Severity::warning, "event " + name_of(event) + ' ' + std::string(why));
  }

  static std::string name_of(icalcomponent* event) {
    std::string name = "\"";
    for (const char c : view_of(icalcomponent_get_summary(event)).substr(0, kQuoted))
      name += c >= ' ' && c <= '~' ? c : '?';
    return name + '"';
  }

  /// Instances of repeated events that have an event of their own instead.
  void note_replaced(icalcomponent* event) {
    for (auto* property : properties(event, ICAL_RECURRENCEID_PROPERTY))
      if (const auto at = instant(icalproperty_get_datetime_with_component(property, event)))
        replaced_[uid(event)].insert(*at);
  }

  /// nullopt: no valid time.
  std::optional<SysSeconds> instant(icaltimetype time) const {
    if (icaltime_is_null_time(time) || icaltime_is_valid_time(time) == 0) return std::nullopt;
    if (time.zone && time.is_date == 0) return SysSeconds(seconds(icaltime_as_timet_with_zone(time, time.zone)));
    // Without a zone it is what the centre's clocks show, and a date begins at its midnight there.
    const std::chrono::year_month_day date{std::chrono::year(time.year),
                                           std::chrono::month(static_cast<unsigned>(time.month)),
                                           std::chrono::day(static_cast<unsigned>(time.day))};
    if (!date.ok()) return std::nullopt;
    auto clock = seconds(0);
    if (time.is_date == 0) clock = seconds(time.hour * 3600 + time.minute * 60 + time.second);
    return from_civil(std::chrono::sys_days(date), clock, zone_);
  }

  void read_event(icalcomponent* event) {
    if (icalcomponent_get_status(event) == ICAL_STATUS_CANCELLED) return;
    const auto* period = period_of(event);
    if (!period || found_.size() > kMaxEvents) return;
    const auto start = icalcomponent_get_dtstart(event);
    if (!instant(start)) return warn(event, "has no start that can be read: left out");
    auto length = icalcomponent_get_duration(event);
    if (icaldurationtype_is_null_duration(length) != 0 && start.is_date != 0) length.days = 1;
    if (icaldurationtype_is_bad_duration(length) != 0 || icaldurationtype_as_int(length) <= 0)
      return warn(event, "has no length: left out");

    const auto starts = occurrences(event, start);
    if (!starts) return;
    auto left_out = exceptions(event);
    if (!icalcomponent_get_first_property(event, ICAL_RECURRENCEID_PROPERTY)) left_out.merge(replaced_[uid(event)]);
    for (const auto& at : *starts) {
      const auto begin = instant(at);
      const auto end = instant(icaltime_add(at, length));
      if (begin && end && *begin<end_&& * end> begin_ && !left_out.contains(*begin))
        found_.push_back({{*begin, *end, *period}, name_of(event)});
    }
  }

  /// The starts of all its instances up to the end of the window. nullopt: it cannot be read, and that was told.
  std::optional<std::vector<icaltimetype>> occurrences(icalcomponent* event, icaltimetype start) {
    std::vector<icaltimetype> starts;
    auto* const rule = icalcomponent_get_first_property(event, ICAL_RRULE_PROPERTY);
    if (!rule) starts.push_back(start);
    for (auto* property : properties(event, ICAL_RDATE_PROPERTY)) {
      const auto added = icalproperty_get_rdate(property);
      auto at = icaltime_is_null_time(added.time) != 0 ? added.period.start : added.time;
      if (!at.zone) at.zone = start.zone;
      starts.push_back(at);
    }
    if (!rule) return starts;
    auto recurrence = icalproperty_get_rrule(rule);
    // Rules of hours and below can keep the library busy for ever, and no timetable needs them.
    if (recurrence.freq < ICAL_DAILY_RECURRENCE || recurrence.freq > ICAL_YEARLY_RECURRENCE) {
      warn(event, "repeats more than daily, or in no way that is known: left out");
      return std::nullopt;
    }
    // A rule that never comes true would be followed to the end of the library's time.
    const auto last =
        icaltime_from_timet_with_zone(end_.time_since_epoch().count(), 0, icaltimezone_get_utc_timezone());
    if (icaltime_is_null_time(recurrence.until) != 0 || icaltime_compare(recurrence.until, last) > 0)
      recurrence.until = last;
    const std::unique_ptr<icalrecur_iterator, Free> iterator(icalrecur_iterator_new(recurrence, start));
    if (!iterator) {
      warn(event, "repeats in a way that is not known: left out");
      return std::nullopt;
    }
    bool barren = true;
    for (std::size_t i = 0; i < kMaxRepeats; ++i) {
      const auto next = icalrecur_iterator_next(iterator.get());
      const auto at = instant(next);
      if (icaltime_is_null_time(next) != 0 || !at || *at >= end_) break;
      if (*at >= begin_ - kLongest) starts.push_back(next);
      barren = false;
    }
    if (barren) ++barren_;
    return starts;
  }

  std::set<SysSeconds> exceptions(icalcomponent* event) const {
    std::set<SysSeconds> all;
    for (auto* property : properties(event, ICAL_EXDATE_PROPERTY))
      if (const auto at = instant(icalproperty_get_datetime_with_component(property, event))) all.insert(*at);
    return all;
  }

  static std::string uid(icalcomponent* event) { return std::string(view_of(icalcomponent_get_uid(event))); }

  const std::string* period_of(icalcomponent* event) const {
    auto text = categories::to_lower(view_of(icalcomponent_get_summary(event)));
    for (auto* property : properties(event, ICAL_CATEGORIES_PROPERTY)) {
      text += '\n';
      text += categories::to_lower(view_of(icalproperty_get_categories(property)));
    }
    const std::pair<std::string, std::string>* best = nullptr;
    for (const auto& one : calendar_.texts)
      if (text.find(one.first) != std::string::npos && (!best || one.first.size() > best->first.size())) best = &one;
    if (best) return &best->second;
    return calendar_.period.empty() ? nullptr : &calendar_.period;
  }

  const std::string& file_;
  const Calendar& calendar_;
  const date::time_zone& zone_;
  SysSeconds begin_;
  SysSeconds end_;
  categories::Diagnostics& diagnostics_;
  std::map<std::string, std::set<SysSeconds>> replaced_;  ///< by UID
  std::vector<Found> found_;
  std::size_t warnings_ = 0;
  std::size_t barren_ = 0;  ///< events that repeat and never come true, each of which costs a fifth of a second
};

/// Events at the same time that mean different periods, each pair of names once. Whole days under shorter events are
/// meant so.
void tell_overlaps(std::vector<Found> found, const std::string& file, const date::time_zone& zone,
                   categories::Diagnostics& diagnostics) {
  std::ranges::sort(found, {}, [](const Found& one) { return one.event.begin; });
  std::set<std::pair<std::string, std::string>> told;
  const Found* open = nullptr;
  for (const auto& one : found) {
    if (one.event.end - one.event.begin >= days(1)) continue;
    if (open && one.event.begin < open->event.end && one.event.period != open->event.period &&
        told.size() < kMaxWarnings && told.emplace(open->summary, one.summary).second)
      diagnostics.push_back({categories::Severity::warning, file, 0, 0,
                             one.summary + " overlaps " + open->summary + " on " +
                                 format_civil(one.event.begin, zone).substr(0, 16) + ": the shorter one shows"});
    if (!open || one.event.end > open->event.end) open = &one;
  }
}

}  // namespace

std::optional<std::vector<Timetable::Event>> read_calendar(std::string_view text, const std::string& file,
                                                           const Calendar& calendar, const date::time_zone& zone,
                                                           Timetable::Dates window,
                                                           categories::Diagnostics& diagnostics) {
  if (text.size() > kMaxBytes || text.find('\0') != std::string_view::npos) {
    diagnostics.push_back({categories::Severity::error, file, 0, 0, "is no calendar, or larger than 8 MiB"});
    return std::nullopt;
  }
  icalerror_set_errors_are_fatal(0);
  auto found = CalendarReader(file, calendar, zone, window, diagnostics).read(std::string(text));
  if (!found) return std::nullopt;
  tell_overlaps(*found, file, zone, diagnostics);
  std::vector<Timetable::Event> events;
  for (auto& one : *found)
    events.push_back(std::move(one.event));
  return events;
}

std::vector<Timetable::Event> put_together(const std::vector<Timetable::Event>& events) {
  struct Edge {
    SysSeconds at;
    std::size_t event;
    bool begins;
  };
  std::vector<Edge> edges;
  for (std::size_t i = 0; i < events.size(); ++i) {
    edges.push_back({events[i].begin, i, true});
    edges.push_back({events[i].end, i, false});
  }
  std::ranges::sort(edges, {}, &Edge::at);
  const auto shorter = [&](std::size_t a, std::size_t b) {
    const auto length = [&](std::size_t i) { return events[i].end - events[i].begin; };
    return std::pair(length(a), a) < std::pair(length(b), b);
  };
  std::set<std::size_t, decltype(shorter)> open(shorter);
  std::vector<Timetable::Event> pieces;
  for (std::size_t i = 0; i < edges.size(); ++i) {
    if (edges[i].begins)
      open.insert(edges[i].event);
    else
      open.erase(edges[i].event);
    if (open.empty() || edges[i].at == edges[i + 1].at) continue;
    const auto& period = events[*open.begin()].period;
    if (!pieces.empty() && pieces.back().end == edges[i].at && pieces.back().period == period)
      pieces.back().end = edges[i + 1].at;
    else
      pieces.push_back({edges[i].at, edges[i + 1].at, period});
  }
  return pieces;
}

}  // namespace breakwater::rules
