#pragma once

#include "rules/report_schedule.h"
#include "rules/toml_reader.h"

namespace breakwater::rules {

/// Reads [reports]; what is wrong goes to the sink. `recipients` and `timetables` are those of the policy.
ReportSchedule parse_report_schedule(TomlTable& table, const std::vector<Recipient>& recipients,
                                     const std::vector<Timetable>& timetables, DiagnosticSink& sink);

}  // namespace breakwater::rules
