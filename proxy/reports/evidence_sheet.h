#pragma once

#include <map>
#include <string>
#include <vector>

#include "proxy/reports/document.h"
#include "proxy/reports/report.h"
#include "proxy/safeguarding/store.h"

namespace breakwater::reports {

/// What was done about a self-test, and by whom.
struct CheckNote {
  SysSeconds time;
  std::string by;
  std::string action;
};

/// One self-test as it was recorded.
struct CheckRun {
  struct Missed {
    std::string what;
    std::string result;
    std::string action;  ///< that was proposed
  };
  std::string id;
  SysSeconds time;
  std::string by;
  std::string result;
  Check::Outcome outcome = Check::Outcome::passed;
  std::vector<std::string> groups;
  std::vector<std::string> doors;        ///< ways in by which it asked
  std::vector<std::string> blocked;      ///< categories
  std::vector<std::string> let_through;  ///< categories
  std::vector<std::string> gaps;         ///< what the lists in force did not cover
  std::uint64_t lists_version = 0;
  std::string policy;  ///< the first digits of its SHA-256
  std::vector<Missed> missed;
  std::vector<CheckNote> notes;
};

/// All that an evidence sheet tells.
struct Evidence {
  std::string centre;
  const date::time_zone* zone = nullptr;  ///< not nullptr
  SysSeconds from;
  SysSeconds until;
  SysSeconds made;
  std::vector<CheckRun> runs;  ///< oldest first
  std::optional<Head> head;
};

/// Reads the self-tests in [from, until) of `evidence` out of the chain, with notes that came later, and its last
/// signed head. The other members stay as they are.
std::optional<safeguarding::StoreError> collect_evidence(safeguarding::Store& store, Evidence& evidence);

/// The dated sheet that shows inspectors when the filter was checked, by whom, what for, with which result, and what
/// was done about it.
Document evidence_sheet(const Evidence& evidence);

}  // namespace breakwater::reports
