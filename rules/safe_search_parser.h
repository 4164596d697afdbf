#pragma once

#include "rules/safe_search.h"
#include "rules/toml_reader.h"

namespace breakwater::rules {

/// [safe_search]: what holds for a group that says nothing, and whether a group may be held to less.
struct SafeSearchDraft {
  SafeSearch common;
  enum class Lock : std::uint8_t { open, locked } lock = Lock::locked;
};

/// Reads the table; what is wrong goes to the sink and keeps its default.
SafeSearchDraft parse_safe_search(TomlTable& table, DiagnosticSink& sink);

/// Reads the keys `safe_search` and `youtube` of a [[group]]. Less than what the policy locks is an error.
SafeSearch parse_group_safe_search(TomlTable& group, const SafeSearchDraft& policy, DiagnosticSink& sink);

}  // namespace breakwater::rules
