#pragma once

#include <filesystem>
#include <optional>

#include "rules/feed.h"
#include "rules/toml_reader.h"

namespace breakwater::rules {

/// Reads the keys of a [[lists.feed]] that say how it is fetched; nullopt where there is no sound `url`. Without one
/// the others are mistakes. `ca` starts at `folder` and must exist.
std::optional<Download> parse_download(TomlTable& table, const std::filesystem::path& folder, DiagnosticSink& sink);

}  // namespace breakwater::rules
