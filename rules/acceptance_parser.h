#pragma once

#include <filesystem>
#include <vector>

#include "rules/policy.h"
#include "rules/toml_reader.h"

namespace breakwater::rules {

/// Reads [acceptance]; what is wrong goes to the sink. Files start at `folder`, and must exist; nobody reads them here.
AcceptanceTerms parse_acceptance(TomlTable& table, const std::filesystem::path& folder,
                                 const std::vector<Group>& groups, DiagnosticSink& sink);

}  // namespace breakwater::rules
