#include "proxy/snapshot/calendars.h"

#include "proxy/feeds/feed_store.h"
#include "proxy/snapshot/loader.h"

namespace breakwater::snapshot {
namespace {

constexpr std::chrono::days kBack{35};
constexpr std::chrono::days kAhead{400};

std::filesystem::path file_of(const rules::Calendar& calendar, const std::filesystem::path& state,
                              const std::map<std::string, std::filesystem::path>& staged) {
  if (!calendar.download) return calendar.path;
  const auto found = staged.find(staged_name(calendar));
  if (found != staged.end()) return found->second;
  return state.empty() ? state : feeds::current_lists(calendars_folder(state), calendar.name);
}

}  // namespace

void CalendarEvents::put_into(rules::Policy& policy) const {
  for (const auto& [timetable, events] : by_timetable)
    policy.timetables[timetable].events = rules::put_together(events);
}

std::string staged_name(const rules::Calendar& calendar) {
  return "calendars/" + calendar.name;
}

std::filesystem::path calendars_folder(const std::filesystem::path& state) {
  return state / "calendars";
}

CalendarEvents read_calendars(const rules::PolicyFile& policy, const std::filesystem::path& state,
                              const std::map<std::string, std::filesystem::path>& staged, rules::SysSeconds now,
                              categories::Diagnostics& diagnostics) {
  using categories::Severity;
  CalendarEvents found;
  const auto today = std::chrono::floor<std::chrono::days>(now);
  for (const auto& calendar : policy.calendars()) {
    const auto file = file_of(calendar, state, staged);
    std::error_code ignored;
    if (file.empty() || !std::filesystem::exists(file, ignored)) {
      diagnostics.push_back(
          {Severity::warning, "", 0, 0,
           "the calendar \"" + calendar.name + "\" has not been downloaded so far: it has no events"});
      continue;
    }
    found.inputs.push_back(file);
    std::string error;
    const auto text = read_file(file, error);
    if (!text) {
      diagnostics.push_back({Severity::error, file.string(), 0, 0, "cannot be read: " + error});
      continue;
    }
    const auto events = rules::read_calendar(*text, file.string(), calendar, policy.zone(),
                                             {today - kBack, today + kAhead}, diagnostics);
    if (!events) continue;
    auto& all = found.by_timetable[calendar.timetable];
    all.insert(all.end(), events->begin(), events->end());
  }
  return found;
}

}  // namespace breakwater::snapshot
