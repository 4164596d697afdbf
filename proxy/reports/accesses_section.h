#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "proxy/reports/document.h"
#include "proxy/safeguarding/store.h"
#include "rules/civil_time.h"

/// Who looked at whom: what a data protection officer asks for. Everything here is in the bodies of records, so that no
/// name of a learner is in it.
namespace breakwater::reports {

/// A look at a named record, an export, a deletion, or a key.
struct AccessEntry {
  std::int64_t seq = 0;  ///< place in the chain
  safeguarding::Milliseconds time;
  std::string what;        ///< "show", "report", "export", ...; "deletion"; "key"
  std::string by;          ///< "" of what the gateway did by itself
  std::string why;         ///< as they said, or the rule
  std::string reference;   ///< of the episode, or ""
  std::string subject;     ///< pseudonym; "" where it was more than one person
  std::int64_t count = 0;  ///< of a deletion: records, lines or files
};

/// Those from `since` on and before `until`, in the order of the chain. A deleted body leaves what, time and place.
Result<std::vector<AccessEntry>, safeguarding::StoreError> read_accesses(safeguarding::Store& store,
                                                                         safeguarding::Milliseconds since,
                                                                         safeguarding::Milliseconds until);

/// A section of a report: how many looks there were, and each of them; the latest kMostAccesses.
inline constexpr std::size_t kMostAccesses = 1000;
void add_accesses(const std::vector<AccessEntry>& accesses, const date::time_zone& zone, std::vector<Block>& out);

/// One row each, with a header. Times are RFC 3339 on the clocks of the zone.
std::string to_csv(const std::vector<AccessEntry>& accesses, const date::time_zone& zone);

}  // namespace breakwater::reports
