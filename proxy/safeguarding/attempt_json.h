#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "proxy/safeguarding/attempt.h"
#include "proxy/safeguarding/record.h"

namespace breakwater::safeguarding {

/// An attempt as it is recorded: what names a person, a device or a host in the sealed part, the rest in the body.
Entry to_entry(const Attempt& attempt);

/// And back. `opened` is the sealed part, "" where it stays closed: its fields are "" then. A deleted body leaves time
/// and id. nullopt: it is no record of an attempt, or is not what to_entry() makes.
std::optional<Attempt> parse_attempt(const Record& record, std::string_view opened);

}  // namespace breakwater::safeguarding
