#pragma once

#include <optional>
#include <vector>

#include "proxy/safeguarding/store.h"
#include "proxy/selftest/run.h"

/// What the chain of records keeps of self-tests: records of the kind `check`, whose reference is the run. A body has
/// "what", "result" and "passed" for reports; "type" is "run", "miss" or "note".
namespace breakwater::selftest {

/// One record for the run, and one for each of its first kMostMisses misses. None holds a host of a list.
inline constexpr std::size_t kMostMisses = 200;
std::vector<safeguarding::Entry> to_entries(const Run& run);

/// What somebody has done about a run.
safeguarding::Entry note(const std::string& run, const std::string& by, const std::string& action,
                         safeguarding::Milliseconds now);

/// Since when the schedule has to be kept that was not: the last run that a schedule asked for, else the first check
/// that was recorded at all. nullopt: there is none, so that the gateway is new.
Result<std::optional<safeguarding::Milliseconds>, safeguarding::StoreError> scheduled_before(
    safeguarding::Store& store);

/// "42 checks as 4 groups, 504 questions: all as they should be": the run in one line.
std::string summary(const Run& run);
/// "terrorism, canary: staff: LET THROUGH (default) by HTTP, HTTPS": a line for each miss.
std::vector<std::string> miss_lines(const Run& run);

/// The whole run for `breakwater selftest`, one JSON object on one line without its end.
std::string to_json(const Run& run);

}  // namespace breakwater::selftest
