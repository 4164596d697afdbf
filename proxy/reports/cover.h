#pragma once

#include <string>

#include "proxy/reports/report.h"

namespace breakwater::reports {

/// What a mail says of a report: counts, and nobody, not by pseudonym either.
struct Cover {
  std::string subject;
  std::string text;         ///< for a mail that others may read, without the report: how to open it
  std::string with_report;  ///< for one that holds it
  std::string file;         ///< what the report is called there, without an extension
};
Cover cover_of(const Report& report);

}  // namespace breakwater::reports
