// Input: an iCalendar file.

#include "rules/calendar.h"
#include "rules/civil_time.h"
#include "tests/fuzz/fuzz.h"

namespace breakwater::rules {
namespace {

using fuzz::require;

void run(std::span<const std::uint8_t> input) {
  const std::string_view text(reinterpret_cast<const char*>(input.data()), input.size());
  static const auto& zone = *find_zone("Europe/London");
  static const Calendar calendar{"mis", 0, {}, {}, "session", {{"lunch", "lunch"}}};
  const Timetable::Dates window{*parse_date("2026-11-01"), *parse_date("2027-01-31")};
  categories::Diagnostics diagnostics;
  const auto events = read_calendar(text, "fuzz.ics", calendar, zone, window, diagnostics);
  require(events.has_value() || has_errors(diagnostics), "a calendar that is refused without a word");
  for (const auto& diagnostic : diagnostics)
    for (const char c : to_string(diagnostic))
      require(c >= ' ' && c <= '~', "a message that is not printable");
  if (!events) return;
  SysSeconds last = SysSeconds::min();
  for (const auto& event : put_together(*events)) {
    require(event.begin < event.end, "an event without length");
    require(event.begin >= last, "events that overlap");
    require(event.begin < window.last + std::chrono::days(1) && event.end > window.first,
            "an event outside the window");
    last = event.end;
  }
}

const fuzz::Registration registered{"calendar", &run};

}  // namespace
}  // namespace breakwater::rules
