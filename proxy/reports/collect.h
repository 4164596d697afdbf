#pragma once

#include "proxy/reports/report.h"
#include "proxy/safeguarding/case.h"
#include "proxy/safeguarding/day_keys.h"
#include "proxy/safeguarding/store.h"

namespace breakwater::reports {

/// What a report is to be about.
struct Wanted {
  std::string centre;
  const date::time_zone* zone = nullptr;  ///< not nullptr
  Audience audience = Audience::dsl;
  std::string span;  ///< "day", "week", "month" or "time"
  SysSeconds from;
  SysSeconds until;
  SysSeconds made;
};

/// Reads the report out of the records. With an `opener` what it can open of the names is in it: the caller has
/// recorded that access. Reads the chain from eight weeks before on.
Result<Report, safeguarding::StoreError> collect(safeguarding::Store& store, const Wanted& wanted,
                                                 safeguarding::Opener* opener = nullptr);

/// One case as a report tells it. `names` nullptr: sealed.
EpisodeEntry to_entry(const safeguarding::Case& about, const safeguarding::EpisodeNames* names);

/// The names of the episode, where the opener opens them.
std::optional<safeguarding::EpisodeNames> open_names(const safeguarding::Case& about, safeguarding::Opener& opener);

}  // namespace breakwater::reports
