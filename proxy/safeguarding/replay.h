#pragma once

#include <optional>
#include <set>
#include <string>

#include "proxy/safeguarding/episodes.h"
#include "proxy/safeguarding/store.h"

namespace breakwater::safeguarding {

/// What is read again.
struct Replay {
  Milliseconds now;             ///< back from here as long as an episode may last
  std::int64_t up_to = 0;       ///< place in the chain; what comes after it is added by who recorded it
  std::set<std::string> known;  ///< ids of attempts up to there that are not read again either
};

/// Brings `episodes` to where the attempts in the chain have brought it; they need no names. The place in the chain
/// counts, not the time, since a clock may have been set back. Of what happens thereby, `events` gets what is not in
/// the chain yet. Reads the chain three times; some seconds for a million attempts.
std::optional<StoreError> replay(Store& store, const Replay& what, Episodes& episodes, Episodes::Events& events);

}  // namespace breakwater::safeguarding
