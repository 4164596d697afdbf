#pragma once

#include <string>
#include <vector>

#include "rules/policy.h"
#include "rules/policy_names.h"
#include "rules/toml_reader.h"

namespace breakwater::rules {

/// A [[quota]] whose categories are names until a catalogue knows them.
struct QuotaDraft {
  Quota quota;  ///< its groups and periods are for the policy's parser to fill in: it knows their names
  Place place;  ///< of its name
  std::vector<Text> groups;
  std::vector<Text> periods;
  std::vector<Text> categories;
};

/// Reads one [[quota]]. What is wrong goes to the sink.
QuotaDraft parse_quota(TomlTable& table, CategoryNames& names, DiagnosticSink& sink);

/// Reports each group to whom a quota per period would never return, because it has no timetable.
void check_returns(const QuotaDraft& draft, const std::vector<Group>& groups, DiagnosticSink& sink);

}  // namespace breakwater::rules
