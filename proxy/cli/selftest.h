#pragma once

#include <filesystem>
#include <string>

#include "proxy/cli/check.h"

namespace breakwater::cli {

struct SelftestOptions {
  std::filesystem::path state;
  std::filesystem::path policy;  ///< of a sheet: it names the centre
  std::string group;             ///< "": all
  std::string by;                ///< who asks for the test, or has done something about it
  std::string run;               ///< that a note is about; "": the last one that failed
  std::string action;            ///< of a note
  std::string since;             ///< of a sheet: its first day; "": 365 days ago
  std::filesystem::path out;     ///< of a sheet
  Output output = Output::text;
};

/// Has the running gateway test itself, and prints the result. Returns 0 where all was as it should be, 1 where
/// something was missed, 3 where the test could not be done.
int selftest(const SelftestOptions& options);
/// Records what was done about a self-test.
int selftest_note(const SelftestOptions& options);
/// Writes the evidence sheet: PDF or HTML, as the file is called.
int selftest_sheet(const SelftestOptions& options);

}  // namespace breakwater::cli
