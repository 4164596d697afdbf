#pragma once

#include <string>

namespace breakwater::telemetry {

/// A reference for one request, as it stands on the block page, in the access log and in the safeguarding record: ten
/// characters of Crockford's base 32 in two groups that can be read out on the telephone, "7QK4M-2XP9D".
///
/// Never the same twice in one process: it is a counter of 50 bits under a permutation that is keyed at random at the
/// start, so that one reference tells nothing of the next. Two runs of the gateway may meet by chance, one pair in
/// 10^15: who looks a reference up has the time beside it. Nothing is granted to whoever knows a reference.
/// Thread-safe; about ten nanoseconds.
std::string make_reference();

}  // namespace breakwater::telemetry
