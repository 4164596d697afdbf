#pragma once

#include <vector>

#include "rules/policy.h"
#include "rules/toml_reader.h"

namespace breakwater::rules {

/// Reads [circumvention]; what is wrong goes to the sink.
Circumvention parse_circumvention(TomlTable& table, const std::vector<Group>& groups, DiagnosticSink& sink);

}  // namespace breakwater::rules
