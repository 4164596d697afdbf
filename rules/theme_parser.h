#pragma once

#include <vector>

#include "rules/policy_names.h"
#include "rules/theme.h"
#include "rules/toml_reader.h"

namespace breakwater::rules {

inline constexpr std::size_t kMaxThemes = 64;

/// A [[theme]] whose categories are names until a catalogue knows them.
struct ThemeDraft {
  Theme theme;
  std::vector<Text> categories;
};

/// [[theme]] and [safeguarding], as read.
struct SafeguardingDraft {
  std::vector<ThemeDraft> themes;  ///< the policy's own, then the built-in ones that it does not name
  std::vector<Text> monitored;
  Safeguarding settings;  ///< all but themes and monitored
};

/// Reads the [[theme]] tables. One that has a built-in theme's name stands in its place, and takes its categories and
/// threshold where it has none.
void parse_themes(std::vector<TomlTable> tables, CategoryNames& names, SafeguardingDraft& draft, DiagnosticSink& sink);

/// Reads [safeguarding].
void parse_safeguarding(TomlTable& table, CategoryNames& names, SafeguardingDraft& draft, DiagnosticSink& sink);

}  // namespace breakwater::rules
