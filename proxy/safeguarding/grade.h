#pragma once

#include <cstdint>

#include "proxy/safeguarding/episode.h"

namespace breakwater::safeguarding {

/// How far the evidence of an episode goes, in sentences for a Designated Safeguarding Lead. `plain`: how many of its
/// attempts were not encrypted.
Grade grade_of(const Episode& episode, std::uint64_t plain);

}  // namespace breakwater::safeguarding
