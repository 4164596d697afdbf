#pragma once

#include <filesystem>
#include <vector>

#include "rules/recipient.h"
#include "rules/toml_reader.h"

namespace breakwater::rules {

/// Reads all [[recipient]]; what is wrong goes to the sink. Files start at `folder`, and must exist; nobody reads them
/// here.
std::vector<Recipient> parse_recipients(std::vector<TomlTable> tables, const std::filesystem::path& folder,
                                        DiagnosticSink& sink);

/// "dsl" and its like, the value of `key`. nullopt: another word, which is in the sink.
std::optional<Recipient::Role> parse_role(const Text& word, std::string_view key, DiagnosticSink& sink);

}  // namespace breakwater::rules
