#pragma once

#include <optional>
#include <string_view>

#include "rules/diagnostic_sink.h"

namespace breakwater::rules {

inline constexpr std::size_t kMaxKeyParts = 16;

/// The place of the first key of more than kMaxKeyParts parts in TOML text. The parser destroys its tree by recursion
/// and bounds nested values but not keys, so that `a.a.a...` would exhaust the stack.
std::optional<Place> find_deep_key(std::string_view text);

}  // namespace breakwater::rules
