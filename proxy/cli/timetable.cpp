#include "proxy/cli/timetable.h"

#include <algorithm>
#include <array>
#include <iostream>
#include <map>
#include <set>

#include <date/date.h>
#include <date/tz.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "proxy/cli/terminal.h"
#include "proxy/snapshot/calendars.h"
#include "proxy/snapshot/loader.h"
#include "rules/civil_time.h"

namespace breakwater::cli {
namespace {

using rules::PeriodSpan;
using rules::SysSeconds;
using rules::Timetable;
using std::chrono::days;
using std::chrono::minutes;
using std::chrono::sys_days;

constexpr int kDay = 24 * 60;
constexpr int kStep = 15;  // minutes of one character
constexpr int kHour = 60 / kStep;

/// "09:00" on the civil day `day`, whatever the clocks do on it.
std::string clock_text(int minute) {
  return fmt::format("{:02}:{:02}", minute / 60, minute % 60);
}

std::string day_text(sys_days day) {
  return date::format("%a %d", date::sys_days(day.time_since_epoch()));
}

/// One week of a timetable, as its people see it on the wall.
class Week {
 public:
  Week(const Timetable& timetable, sys_days monday) : timetable_(timetable), monday_(monday) {
    for (std::size_t day = 0; day < days_.size(); ++day) {
      auto& spans = days_[day];
      for (int minute = 0; minute < kDay; ++minute) {
        const auto when = rules::from_civil(monday_ + days(day), minutes(minute), *timetable_.zone);
        if (spans.empty() || !spans.back().span.contains(when)) {
          auto span = timetable_.at(when);
          // The same period goes on: the clocks were changed, or the day before ended in it.
          if (!spans.empty() && spans.back().span.period == span.period)
            spans.back().span = span;
          else
            spans.push_back({minute, span});
        }
      }
    }
    name_periods();
  }

  void draw() const {
    const auto [first, last] = hours();
    fmt::print("{:9}", "");
    for (int hour = first; hour < last; ++hour)
      fmt::print("{:<{}}", hour, kHour);
    fmt::print("\n");
    for (std::size_t day = 0; day < days_.size(); ++day) {
      fmt::print("  {} ", day_text(monday_ + days(day)));
      for (int minute = first * 60; minute < last * 60; minute += kStep)
        fmt::print("{}", letters_.at(period_at(day, minute)));
      fmt::print("\n");
    }
    fmt::print("\n ");
    for (const auto& [period, letter] : letters_)
      fmt::print(" {} {}  ", letter, period);
    fmt::print("\n\n");
    for (std::size_t day = 0; day < days_.size(); ++day) {
      std::string line;
      for (const auto& [minute, span] : days_[day])
        line += fmt::format("{}{} {}", line.empty() ? "" : ", ", clock_text(minute), span.period);
      fmt::print("  {}  {}\n", day_text(monday_ + days(day)), line);
    }
  }

  /// What somebody may not have meant.
  std::vector<std::string> remarks() const {
    std::vector<std::string> remarks;
    const auto& first = days_.front().front().span;
    if (!first.until)
      remarks.push_back(fmt::format("\"{}\" never ends: no bell within a year", first.period));
    else if (letters_.size() == 1)
      remarks.push_back(fmt::format("empty: nothing but \"{}\" in this week", first.period));
    for (std::size_t day = 0; day < days_.size(); ++day) {
      const auto offset_at = [&](std::size_t of) {
        return timetable_.zone->get_info(rules::from_civil(monday_ + days(of), {}, *timetable_.zone)).offset;
      };
      const auto change = offset_at(day + 1) - offset_at(day);
      if (change.count() != 0)
        remarks.push_back(fmt::format("the clocks go {} on {}", change.count() > 0 ? "forward" : "back",
                                      day_text(monday_ + days(day))));
    }
    return remarks;
  }

  template <class Visit>
  void for_each_span(Visit&& visit) const {
    const PeriodSpan* before = nullptr;
    for (const auto& day : days_) {
      for (const auto& [minute, span] : day) {
        if (!before || before->from != span.from || before->period != span.period) visit(span);
        before = &span;
      }
    }
  }

 private:
  struct Shown {
    int minute;  ///< on which it begins, or goes on, on this day
    PeriodSpan span;
  };

  std::string_view period_at(std::size_t day, int minute) const {
    const auto next = std::ranges::upper_bound(days_[day], minute, {}, &Shown::minute);
    return (next - 1)->span.period;
  }

  /// The hours in which something other than `outside` holds; all where nothing does.
  std::pair<int, int> hours() const {
    int first = kDay;
    int last = 0;
    for (std::size_t day = 0; day < days_.size(); ++day) {
      for (int minute = 0; minute < kDay; minute += kStep) {
        if (period_at(day, minute) == timetable_.outside) continue;
        first = std::min(first, minute);
        last = std::max(last, minute + kStep);
      }
    }
    if (first >= last) return {0, kDay / 60};
    return {first / 60, (last + 59) / 60};
  }

  /// A letter for each period: the first of its name that no other has; a dot for `outside`.
  void name_periods() {
    std::set<char> used{'.'};
    std::set<std::string_view> periods;
    for (const auto& day : days_)
      for (const auto& [minute, span] : day)
        periods.insert(span.period);
    for (const auto period : periods) {
      char letter = '?';
      for (const char c : std::string{period} + "0123456789")
        if (c > ' ' && c <= '~' && letter == '?' && used.insert(c).second) letter = c;
      letters_[period] = period == timetable_.outside ? '.' : letter;
    }
  }

  const Timetable& timetable_;
  sys_days monday_;
  std::array<std::vector<Shown>, 7> days_;
  std::map<std::string_view, char> letters_;
};

void print_text(const Timetable& timetable, const std::string& groups, sys_days monday) {
  const Week week(timetable, monday);
  std::string turn;
  if (timetable.weeks.size() > 1) turn = fmt::format(", week {}", static_cast<char>('A' + timetable.week_of(monday)));
  fmt::print("{} ({}): week of {}{}, {}\n\n", timetable.name, groups,
             date::format("%A %e %B %Y", date::sys_days(monday.time_since_epoch())), turn, timetable.zone->name());
  week.draw();
  const auto remarks = week.remarks();
  if (!remarks.empty()) fmt::print("\n");
  for (const auto& remark : remarks)
    fmt::print("  {}\n", remark);
  fmt::print("\n");
}

void print_json(const Timetable& timetable, sys_days monday) {
  const auto text = [&](const std::optional<SysSeconds>& when) {
    return when ? nlohmann::ordered_json(rules::format_civil(*when, *timetable.zone)) : nullptr;
  };
  Week(timetable, monday).for_each_span([&](const PeriodSpan& span) {
    const nlohmann::ordered_json row{
        {"timetable", timetable.name}, {"period", span.period}, {"from", text(span.from)}, {"until", text(span.until)}};
    std::cout << row.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) << '\n';
  });
}

}  // namespace

int timetable(const TimetableOptions& options) {
  std::string error;
  const auto text = snapshot::read_file(options.policy, error);
  if (!text) return fail(options.policy.string() + ": cannot be read: " + error);
  categories::Diagnostics diagnostics;
  const auto policy = rules::PolicyFile::parse(*text, options.policy, diagnostics);
  if (!policy) {
    print_errors(diagnostics);
    return kWrong;
  }
  const auto today = options.week.empty() ? rules::parse_date(rules::format_civil(now(), policy->zone()).substr(0, 10))
                                          : rules::parse_date(options.week);
  if (!today) return fail("--week \"" + options.week + "\" is no date, as 2026-11-23");
  const auto monday = *today - (std::chrono::weekday(*today) - std::chrono::Monday);

  diagnostics.clear();
  const auto events = snapshot::read_calendars(*policy, options.state, {}, monday, diagnostics);
  auto timetables = policy->timetables();
  for (const auto& [index, of_one] : events.by_timetable)
    timetables[index].events = rules::put_together(of_one);
  std::map<std::uint16_t, std::string> shown;  // timetable -> names of its groups
  for (const auto& group : policy->groups()) {
    if (!group.timetable || (!options.group.empty() && group.name != options.group)) continue;
    auto& names = shown[*group.timetable];
    names += (names.empty() ? "" : ", ") + group.name;
  }
  if (shown.empty())
    return fail(options.group.empty() ? "no group has a timetable"
                                      : "there is no group \"" + options.group + "\" with a timetable");
  for (const auto& [index, groups] : shown) {
    if (options.output == Output::json)
      print_json(timetables[index], monday);
    else
      print_text(timetables[index], groups, monday);
  }
  for (const auto& diagnostic : diagnostics)
    std::cerr << to_string(diagnostic) << '\n';
  return categories::has_errors(diagnostics) ? kWrong : 0;
}

}  // namespace breakwater::cli
