#include "rules/timetable_parser.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <system_error>

#include "categories/words.h"
#include "rules/civil_time.h"
#include "rules/download_parser.h"
#include "rules/policy_names.h"

namespace breakwater::rules {
namespace {

constexpr std::size_t kMaxPeriods = 256;
constexpr std::size_t kMaxExceptions = 1000;  ///< spans of dates; each is asked on every civil day that is looked at
constexpr std::size_t kMaxTerms = 64;
constexpr std::size_t kMaxCalendars = 16;
constexpr std::size_t kMaxWeeks = 8;
constexpr std::size_t kMaxEventTexts = 256;
constexpr int kDay = 24 * 60;
constexpr std::array<std::string_view, 7> kDays{"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};

using Clock = Timetable::Times;

/// One element of `times` on its days.
struct TimeEntry {
  Text text;
  std::string period;
  Clock clock;
  std::vector<std::size_t> weeks;
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
    const auto day = parse_weekday(text, sink);
    if (!day) continue;
    if (std::find(days.begin(), days.end(), *day) != days.end())
      sink.error(text.place, in_quotes(text.value) + " stands twice in days");
    else
      days.push_back(*day);
  }
  return days;
}

/// Letters of weeks, "A" to the last that there is; all where none is named.
std::vector<std::size_t> parse_weeks(const std::vector<Text>& texts, std::size_t number, DiagnosticSink& sink) {
  std::vector<std::size_t> weeks;
  for (const auto& text : texts) {
    const auto week = text.value.size() == 1 ? static_cast<std::size_t>(text.value[0] - 'A') : kMaxWeeks;
    if (week >= number)
      sink.error(text.place, in_quotes(text.value) + " is no week of this timetable (" +
                                 (number == 1 ? "say weeks = 2 for a fortnight" : "they begin with A") + ')');
    else if (std::find(weeks.begin(), weeks.end(), week) != weeks.end())
      sink.error(text.place, in_quotes(text.value) + " stands twice in weeks");
    else
      weeks.push_back(week);
  }
  if (texts.empty())
    for (std::size_t week = 0; week < number; ++week)
      weeks.push_back(week);
  return weeks;
}

/// Reports times that share minutes; the last night of the last week runs into the first Monday.
void check_overlaps(const std::vector<TimeEntry>& entries, std::size_t weeks, DiagnosticSink& sink) {
  struct Stretch {
    int begin;  ///< minutes from the first Monday; negative for what the last night brings into it
    int end;
    std::size_t entry;
  };
  const int turn = static_cast<int>(weeks) * 7 * kDay;
  std::vector<Stretch> stretches;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    for (const auto week : entries[i].weeks) {
      for (const auto day : entries[i].days) {
        const int midnight = static_cast<int>(week * 7 + day) * kDay;
        const Stretch stretch{midnight + entries[i].clock.begin, midnight + entries[i].clock.end, i};
        stretches.push_back(stretch);
        if (stretch.end > turn) stretches.push_back({stretch.begin - turn, stretch.end - turn, i});
      }
    }
  }
  std::sort(stretches.begin(), stretches.end(),
            [](const auto& a, const auto& b) { return std::tie(a.begin, a.entry) < std::tie(b.begin, b.entry); });

  std::map<std::pair<std::size_t, std::size_t>, std::set<std::size_t>> days_of;  // later entry, earlier entry -> days
  const Stretch* furthest = nullptr;
  for (const auto& stretch : stretches) {
    if (stretch.begin >= 0 && furthest && stretch.begin < furthest->end)
      days_of[std::minmax(stretch.entry, furthest->entry, std::greater<>())].insert(
          static_cast<std::size_t>(stretch.begin / kDay) % 7);
    if (!furthest || stretch.end > furthest->end) furthest = &stretch;
  }
  for (const auto& [pair, days] : days_of) {
    const auto& later = entries[pair.first];
    const auto& earlier = entries[pair.second];
    std::string names;
    for (const auto day : days) {
      if (!names.empty()) names += ", ";
      names += kDays[day];
    }
    sink.error(later.text.place, in_quotes(later.text.value) + " of " + in_quotes(later.period) + " overlaps " +
                                     in_quotes(earlier.text.value) + " of " + in_quotes(earlier.period) + " on " +
                                     names);
  }
}

std::optional<Timetable::Dates> parse_dates(const Text& text, DiagnosticSink& sink) {
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
  return Timetable::Dates{*first, *last};
}

class TimetableParser {
 public:
  TimetableParser(TomlTable& table, const std::filesystem::path& folder, DiagnosticSink& sink)
      : table_(table), folder_(folder), sink_(sink) {}

  TimetableDraft parse() {
    if (auto name = table_.label("name", Need::required)) {
      timetable_.name = std::move(name->value);
      draft_.name_place = name->place;
    }
    if (auto outside = table_.label("outside")) timetable_.outside = std::move(outside->value);
    turns();
    terms();
    periods();
    exceptions();
    calendars();
    table_.check_unknown();
    return std::move(draft_);
  }

 private:
  /// A Monday is week A's because a date in it was named; weeks that take turns need one.
  void turns() {
    if (const auto number = table_.number("weeks")) {
      if (number->value < 1 || number->value > static_cast<std::int64_t>(kMaxWeeks))
        sink_.error(number->place, "weeks: " + std::to_string(number->value) + " is out of bounds (1 to " +
                                       std::to_string(kMaxWeeks) + ')');
      else
        timetable_.weeks.resize(static_cast<std::size_t>(number->value));
    }
    if (const auto text = table_.text("first_week")) {
      if (const auto day = parse_date(text->value))
        timetable_.first_week = *day - (std::chrono::weekday(*day) - std::chrono::Monday);
      else
        sink_.error(text->place, "first_week: " + in_quotes(text->value) + " is no date (write 2026-09-07)");
    } else if (timetable_.weeks.size() > 1 && !table_.has("first_week")) {
      sink_.error(table_.place("weeks"), "weeks that take turns need first_week, a date in a week A");
    }
  }

  void terms() {
    const auto texts = table_.texts("terms", Need::filled);
    for (const auto& text : texts)
      if (const auto dates = parse_dates(text, sink_)) timetable_.terms.push_back(*dates);
    if (texts.size() > kMaxTerms)
      sink_.error(table_.place("terms"), "more than " + std::to_string(kMaxTerms) + " terms in a timetable");
  }

  void periods() {
    std::vector<TimeEntry> entries;
    auto periods = table_.tables("period");
    keep_first(kMaxPeriods, "periods in a timetable", periods, sink_);
    for (auto& period : periods) {
      const auto name = period.label("name", Need::required);
      const auto weeks = parse_weeks(period.texts("weeks", Need::filled), timetable_.weeks.size(), sink_);
      const auto days = parse_days(period.texts("days", Need::required), sink_);
      for (auto& text : period.texts("times", Need::required))
        if (const auto clock = parse_times(text, sink_))
          entries.push_back({std::move(text), name ? name->value : "", *clock, weeks, days});
      period.check_unknown();
      if (name) draft_.named.push_back(name->value);
    }
    check_overlaps(entries, timetable_.weeks.size(), sink_);
    for (const auto& entry : entries)
      for (const auto week : entry.weeks)
        for (const auto day : entry.days)
          timetable_.weeks[week][day].push_back({entry.clock.begin, entry.clock.end, entry.period});
    for (auto& week : timetable_.weeks)
      for (auto& day : week)
        std::ranges::sort(day, {}, &Timetable::Slot::begin);
  }

  void exceptions() {
    auto exceptions = table_.tables("exception");
    keep_first(kMaxExceptions, "exceptions in a timetable", exceptions, sink_);
    for (auto& exception : exceptions) {
      const auto period = exception.label("period", Need::required);
      std::vector<Clock> times;
      for (const auto& text : exception.texts("times", Need::filled))
        if (const auto clock = parse_times(text, sink_)) times.push_back(*clock);
      for (const auto& text : exception.texts("dates", Need::required)) {
        const auto dates = parse_dates(text, sink_);
        if (dates && period) timetable_.exceptions.push_back({*dates, period->value, times});
      }
      exception.label("note");
      exception.check_unknown();
      if (period) draft_.other_periods.push_back(*period);
    }
    if (timetable_.exceptions.size() > kMaxExceptions)
      sink_.error(table_.place(), "more than " + std::to_string(kMaxExceptions) + " spans of dates in a timetable");
  }

  void calendars() {
    auto calendars = table_.tables("calendar");
    keep_first(kMaxCalendars, "calendars in a timetable", calendars, sink_);
    for (auto& table : calendars) {
      Calendar calendar;
      if (auto name = table.label("name", Need::required)) {
        if (name->value.find('/') != std::string::npos || !categories::CategoryTable().add(name->value))
          sink_.error(name->place, "calendar name " + in_quotes(name->value) + " must be lower case with hyphens");
        draft_.calendar_names.push_back(*name);
        calendar.name = std::move(name->value);
      }
      source(table, calendar);
      meaning(table, calendar);
      table.check_unknown();
      draft_.calendars.push_back(std::move(calendar));
    }
  }

  void source(TomlTable& table, Calendar& calendar) {
    calendar.download = parse_download(table, folder_, sink_);
    const auto path = table.label("path");
    if (table.has("path") == table.has("url"))
      sink_.error(table.has("url") ? table.place("url") : table.place(),
                  table.has("url") ? "a calendar has a path or a url, not both" : "a calendar needs a path or a url");
    if (!path) return;
    calendar.path = (folder_ / path->value).lexically_normal();
    std::error_code ignored;
    if (!std::filesystem::is_regular_file(calendar.path, ignored))
      sink_.error(path->place, "path: there is no file " + in_quotes(path->value));
  }

  void meaning(TomlTable& table, Calendar& calendar) {
    if (const auto period = table.label("period")) {
      calendar.period = period->value;
      draft_.other_periods.push_back(*period);
    }
    if (auto events = table.table("events")) {
      for (auto& [text, period] : events->entries()) {
        draft_.other_periods.push_back(period);
        calendar.texts.emplace_back(categories::to_lower(text.value), std::move(period.value));
      }
    }
    if (calendar.texts.size() > kMaxEventTexts)
      sink_.error(table.place("events"), "more than " + std::to_string(kMaxEventTexts) + " texts of events");
    if (!table.has("period") && !table.has("events"))
      sink_.error(table.place(), "a calendar needs a period for its events, or [timetable.calendar.events]");
  }

  TomlTable& table_;
  const std::filesystem::path& folder_;
  DiagnosticSink& sink_;
  TimetableDraft draft_;
  Timetable& timetable_ = draft_.timetable;
};

}  // namespace

std::optional<std::size_t> parse_weekday(const Text& text, DiagnosticSink& sink) {
  const auto* found = std::find(kDays.begin(), kDays.end(), text.value);
  if (found != kDays.end()) return static_cast<std::size_t>(found - kDays.begin());
  sink.error(text.place, in_quotes(text.value) + " is no day (write Mon, Tue, Wed, Thu, Fri, Sat or Sun)");
  return std::nullopt;
}

std::vector<std::string_view> TimetableDraft::week_periods() const {
  std::vector<std::string_view> names{timetable.outside};
  for (const auto& name : named)
    names.push_back(name);
  return names;
}

TimetableDraft parse_timetable(TomlTable& table, const std::filesystem::path& folder, DiagnosticSink& sink) {
  return TimetableParser(table, folder, sink).parse();
}

}  // namespace breakwater::rules
