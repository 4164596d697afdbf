#pragma once

#include "rules/policy.h"
#include "rules/toml_reader.h"

namespace breakwater::rules {

/// Reads `sign_in` of a [[group]]: "required", or absent.
SignIn parse_sign_in(TomlTable& group, DiagnosticSink& sink);

}  // namespace breakwater::rules
