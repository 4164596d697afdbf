#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "proxy/reports/document.h"
#include "proxy/reports/report.h"
#include "proxy/safeguarding/day_keys.h"
#include "proxy/safeguarding/store.h"
#include "rules/civil_time.h"

/// Who looked at whom: what a data protection officer asks for. All but the reasons is in the bodies of records, so
/// that no name of a learner is in it.
namespace breakwater::reports {

/// Of a record of Kind::access, deletion or key. A deleted body leaves what, time and place. `opener` for reasons;
/// without one safeguarding::kSealedWords stands for them.
AccessEntry access_entry(const safeguarding::Record& record, safeguarding::Opener* opener = nullptr);

/// Those from `since` on and before `until`, in the order of the chain.
Result<std::vector<AccessEntry>, safeguarding::StoreError> read_accesses(safeguarding::Store& store,
                                                                         safeguarding::Milliseconds since,
                                                                         safeguarding::Milliseconds until,
                                                                         safeguarding::Opener* opener = nullptr);

/// A section of a report: how many looks there were, and each of them; the latest kMostAccesses.
inline constexpr std::size_t kMostAccesses = 1000;
void add_accesses(const std::vector<AccessEntry>& accesses, const date::time_zone& zone, std::vector<Block>& out);

/// One row each, with a header. Times are RFC 3339 on the clocks of the zone.
std::string to_csv(const std::vector<AccessEntry>& accesses, const date::time_zone& zone);

}  // namespace breakwater::reports
