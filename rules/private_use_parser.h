#pragma once

#include <set>

#include "rules/private_use.h"
#include "rules/toml_reader.h"

namespace breakwater::rules {

/// Reads [log]; what is wrong goes to the sink. `known` are the periods of all timetables.
PrivateUse parse_private_use(TomlTable& table, const std::set<std::string>& known, DiagnosticSink& sink);

}  // namespace breakwater::rules
