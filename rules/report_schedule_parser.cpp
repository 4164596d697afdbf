#include "rules/report_schedule_parser.h"

#include <algorithm>
#include <array>

#include "rules/civil_time.h"
#include "rules/policy_names.h"
#include "rules/recipient_parser.h"
#include "rules/timetable_parser.h"

namespace breakwater::rules {
namespace {

ReportSchedule::Roles read_roles(TomlTable& table, std::string_view key, const std::vector<Recipient>& recipients,
                                 DiagnosticSink& sink) {
  ReportSchedule::Roles roles;
  for (const auto& word : table.texts(key)) {
    const auto role = parse_role(word, key, sink);
    if (!role) continue;
    if (std::count(roles.begin(), roles.end(), *role) > 0) {
      sink.error(word.place, std::string(key).append(": ").append(in_quotes(word.value)) + " stands twice");
    } else if (std::none_of(recipients.begin(), recipients.end(), [&](const auto& one) { return one.role == *role; })) {
      sink.warning(word.place, std::string(key).append(": no [[recipient]] has the role ") + in_quotes(word.value));
    }
    roles.push_back(*role);
  }
  return roles;
}

}  // namespace

ReportSchedule parse_report_schedule(TomlTable& table, const std::vector<Recipient>& recipients,
                                     const std::vector<Timetable>& timetables, DiagnosticSink& sink) {
  ReportSchedule schedule;
  schedule.daily = read_roles(table, "daily", recipients, sink);
  schedule.weekly = read_roles(table, "weekly", recipients, sink);
  schedule.monthly = read_roles(table, "monthly", recipients, sink);
  if (const auto at = table.text("at")) {
    const auto minutes = parse_clock(at->value);
    if (!minutes) sink.error(at->place, "at: " + in_quotes(at->value) + " is no time of day, as 07:30");
    schedule.at = std::chrono::minutes(minutes.value_or(0));
  }
  if (const auto day = table.text("weekday")) {
    const auto number = parse_weekday(*day, sink);
    if (number) schedule.weekday = std::chrono::weekday(static_cast<unsigned>(*number) + 1);
  }
  if (const auto name = table.text("working_days"))
    schedule.working_days = find_named(*name, "timetable", timetables, sink);
  table.check_unknown();
  return schedule;
}

}  // namespace breakwater::rules
