#pragma once

#include <string>
#include <string_view>

#include "proxy/reports/report.h"

namespace breakwater::reports {

/// CSV of RFC 4180: CRLF, quotes where they are needed, UTF-8. A cell that a spreadsheet would take for a formula (of
/// =, +,
/// -, @, tab or CR at its front) gets an apostrophe in front (OWASP, CSV injection). Text is shown by visible_text().
class CsvWriter {
 public:
  CsvWriter& cell(std::string_view text);
  CsvWriter& end_row();
  std::string finish() { return std::move(out_); }

 private:
  std::string out_;
  bool first_ = true;  // of its row
};

/// One row an episode (for the data protection officer one a look at names), with a header: what a spreadsheet or a
/// case-management system takes. Columns that the audience may not see are not there. Times are RFC 3339 on the
/// centre's clocks.
std::string to_csv(const Report& report);

}  // namespace breakwater::reports
