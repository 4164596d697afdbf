#pragma once

#include "proxy/cli/report.h"
#include "proxy/reports/report.h"

namespace breakwater::cli {

/// Sends the report to `mail_to` at once, past the outbox. Returns the exit code; what failed has been told.
int mail_report(const ReportOptions& options, const reports::Report& report, const std::string& pdf);

}  // namespace breakwater::cli
