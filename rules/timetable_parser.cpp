#include "rules/timetable_parser.h"

#include <algorithm>
#include <array>
#include <map>

#include "rules/civil_time.h"
#include "rules/policy_names.h"

namespace breakwater::rules {
namespace {

constexpr std::size_t kMaxPeriods = 256;
constexpr std::size_t kMaxExceptions = 1000;  ///< spans of dates; each is asked on every civil day that is looked at
constexpr int kDay = 24 * 60;
constexpr std::array<std::string_view, 7> kDays{"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};

struct Clock {
  int begin;
  int end;
};

/// One element of `times` on its days.
struct TimeEntry {
  Text text;
  std::string period;
  Clock clock;
  std::vector<std::size_t> days;
};

/// "09:00-10:30", "13:15-24:00", "22:00-02:00" (which ends on the next day).
std::optional<Clock> parse_times(const Text& text, DiagnosticSink& sink) {
  const auto dash = std::min(text.value.find('-'), text.value.size());
  const auto written_end = std::string_view(text.value).substr(std::min(dash + 1, text.value.size()));
  const auto begin = parse_clock(std::string_view(text.value).substr(0, dash));
  const auto end = written_end == "24:00" ? std::optional(kDay) : parse_clock(written_end);
  if (!begin || !end) {
    sink.error(text.place, in_quotes(text.value) + " is no span of time (write 09:00-10:30)");
    return std::nullopt;
  }
  if (*begin == *end) {
    sink.error(text.place, in_quotes(text.value) + " is empty (a whole day is 00:00-24:00)");
    return std::nullopt;
  }
  return Clock{*begin, *end > *begin ? *end : *end + kDay};
}

std::vector<std::size_t> parse_days(const std::vector<Text>& texts, DiagnosticSink& sink) {
  std::vector<std::size_t> days;
  for (const auto& text : texts) {
    const auto* found = std::find(kDays.begin(), kDays.end(), text.value);
    const auto day = static_cast<std::size_t>(found - kDays.begin());
    if (found == kDays.end()) {
      sink.error(text.place, in_quotes(text.value) + " is no day (write Mon, Tue, Wed, Thu, Fri, Sat or Sun)");
    } else if (std::find(days.begin(), days.end(), day) != days.end()) {
      sink.error(text.place, in_quotes(text.value) + " stands twice in days");
    } else {
      days.push_back(day);
    }
  }
  return days;
}

/// Reports times that share minutes of the week; Sunday night runs into Monday.
void check_overlaps(const std::vector<TimeEntry>& entries, DiagnosticSink& sink) {
  struct Stretch {
    int begin;  ///< minutes of the week; negative for what Sunday night brings into Monday
    int end;
    std::size_t entry;
  };
  constexpr int kWeek = 7 * kDay;
  std::vector<Stretch> stretches;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    for (const auto day : entries[i].days) {
      const int midnight = static_cast<int>(day) * kDay;
      const Stretch stretch{midnight + entries[i].clock.begin, midnight + entries[i].clock.end, i};
      stretches.push_back(stretch);
      if (stretch.end > kWeek) stretches.push_back({stretch.begin - kWeek, stretch.end - kWeek, i});
    }
  }
  std::sort(stretches.begin(), stretches.end(),
            [](const auto& a, const auto& b) { return std::tie(a.begin, a.entry) < std::tie(b.begin, b.entry); });

  std::map<std::pair<std::size_t, std::size_t>, std::string> days_of;  // later entry, earlier entry -> days
  const Stretch* furthest = nullptr;
  for (const auto& stretch : stretches) {
    if (stretch.begin >= 0 && furthest && stretch.begin < furthest->end) {
      auto& days = days_of[std::minmax(stretch.entry, furthest->entry, std::greater<>())];
      if (!days.empty()) days += ", ";
      days += kDays[static_cast<std::size_t>(stretch.begin / kDay)];
    }
    if (!furthest || stretch.end > furthest->end) furthest = &stretch;
  }
  for (const auto& [pair, days] : days_of) {
    const auto& later = entries[pair.first];
    const auto& earlier = entries[pair.second];
    sink.error(later.text.place, in_quotes(later.text.value) + " of " + in_quotes(later.period) + " overlaps " +
                                     in_quotes(earlier.text.value) + " of " + in_quotes(earlier.period) + " on " +
                                     days);
  }
}

std::optional<Timetable::Exception> parse_dates(const Text& text, DiagnosticSink& sink) {
  const std::string_view value = text.value;
  const auto dots = value.find("..");
  const auto first = parse_date(value.substr(0, dots));
  const auto last = dots == std::string_view::npos ? first : parse_date(value.substr(dots + 2));
  if (!first || !last) {
    sink.error(text.place,
               in_quotes(value) + " is no date or span of dates (write 2026-05-04 or 2026-12-21..2027-01-03)");
    return std::nullopt;
  }
  if (*last < *first) {
    sink.error(text.place, in_quotes(value) + " ends before it begins");
    return std::nullopt;
  }
  return Timetable::Exception{*first, *last, {}};
}

}  // namespace

std::vector<std::string_view> TimetableDraft::week_periods() const {
  std::vector<std::string_view> names{timetable.outside};
  for (const auto& name : named)
    names.push_back(name);
  return names;
}

TimetableDraft parse_timetable(TomlTable& table, DiagnosticSink& sink) {
  TimetableDraft draft;
  auto& timetable = draft.timetable;
  if (auto name = table.label("name", Need::required)) {
    timetable.name = std::move(name->value);
    draft.name_place = name->place;
  }
  if (auto outside = table.label("outside")) timetable.outside = std::move(outside->value);

  std::vector<TimeEntry> entries;
  auto periods = table.tables("period");
  keep_first(kMaxPeriods, "periods in a timetable", periods, sink);
  for (auto& period : periods) {
    const auto name = period.label("name", Need::required);
    const auto days = parse_days(period.texts("days", Need::required), sink);
    for (auto& text : period.texts("times", Need::required))
      if (const auto clock = parse_times(text, sink))
        entries.push_back({std::move(text), name ? name->value : "", *clock, days});
    period.check_unknown();
    if (name) draft.named.push_back(name->value);
  }
  check_overlaps(entries, sink);
  for (const auto& entry : entries)
    for (const auto day : entry.days)
      timetable.week[day].push_back({entry.clock.begin, entry.clock.end, entry.period});
  for (auto& day : timetable.week)
    std::sort(day.begin(), day.end(), [](const auto& a, const auto& b) { return a.begin < b.begin; });

  auto exceptions = table.tables("exception");
  keep_first(kMaxExceptions, "exceptions in a timetable", exceptions, sink);
  for (auto& exception : exceptions) {
    const auto period = exception.label("period", Need::required);
    for (const auto& text : exception.texts("dates", Need::required)) {
      auto dates = parse_dates(text, sink);
      if (!dates || !period) continue;
      dates->period = period->value;
      timetable.exceptions.push_back(std::move(*dates));
    }
    exception.label("note");
    exception.check_unknown();
    if (period) draft.exception_periods.push_back(*period);
  }
  if (timetable.exceptions.size() > kMaxExceptions)
    sink.error(table.place(), "more than " + std::to_string(kMaxExceptions) + " spans of dates in a timetable");
  table.check_unknown();
  return draft;
}

}  // namespace breakwater::rules
