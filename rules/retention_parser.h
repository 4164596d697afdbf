#pragma once

#include "rules/retention.h"
#include "rules/toml_reader.h"

namespace breakwater::rules {

/// Reads [retention]; what is wrong goes to the sink.
Retention parse_retention(TomlTable& table, DiagnosticSink& sink);

}  // namespace breakwater::rules
