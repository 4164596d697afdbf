#pragma once

#include <optional>

#include "proxy/safeguarding/episodes.h"
#include "proxy/safeguarding/store.h"

namespace breakwater::safeguarding {

/// Brings `episodes` to where the attempts before `started` have brought it, by reading those of the last day again;
/// they need no names. Of what happens thereby, `events` gets what is not in the chain yet. Reads the chain three
/// times; some seconds for a million attempts.
std::optional<StoreError> replay(Store& store, Milliseconds started, Episodes& episodes, Episodes::Events& events);

}  // namespace breakwater::safeguarding
