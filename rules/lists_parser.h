#pragma once

#include <filesystem>

#include "categories/catalogue_builder.h"
#include "rules/policy_names.h"
#include "rules/toml_reader.h"

namespace breakwater::rules {

/// Reads [lists]. Relative paths start at `folder`; what they name must exist, the local folder apart.
categories::Sources parse_lists(TomlTable& table, const std::filesystem::path& folder, CategoryNames& category_names,
                                DiagnosticSink& sink);

}  // namespace breakwater::rules
