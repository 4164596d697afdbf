#include "rules/theme_parser.h"

#include <algorithm>

#include "rules/quantity_reader.h"

namespace breakwater::rules {
namespace {

/// More would be remembered for each person and theme.
constexpr std::int64_t kMostAttempts = 100;

void take_built_in(const BuiltInTheme& built_in, ThemeDraft& draft) {
  draft.theme.name = built_in.name;
  draft.theme.threshold = built_in.threshold;
  auto rest = built_in.categories;
  while (!rest.empty()) {
    const auto end = std::min(rest.find(' '), rest.size());
    draft.categories.push_back({std::string(rest.substr(0, end)), {}});
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
}

ThemeDraft parse_theme(TomlTable& table, UniqueNames& unique, CategoryNames& names, DiagnosticSink& sink) {
  ThemeDraft draft;
  const auto name = table.label("name", Need::required);
  const auto known = built_in_themes();
  const auto built_in = std::find_if(known.begin(), known.end(),
                                     [&](const BuiltInTheme& one) { return name && one.name == name->value; });
  if (name) {
    unique.add(*name);
    if (built_in != known.end()) take_built_in(*built_in, draft);
    draft.theme.name = name->value;
  }
  auto categories = table.texts("categories", built_in == known.end() ? Need::required : Need::filled);
  std::erase_if(categories, [&](const Text& text) { return !names.check(text); });
  if (table.has("categories")) draft.categories = std::move(categories);
  if (const auto number = table.number("threshold")) {
    if (number->value >= 1 && number->value <= kMostAttempts)
      draft.theme.threshold = static_cast<std::uint32_t>(number->value);
    else
      sink.error(number->place, "threshold: " + std::to_string(number->value) + " is not within 1 and " +
                                    std::to_string(kMostAttempts));
  }
  if (const auto window = read_duration(table, "window", {"1m", "24h"}, sink)) draft.theme.window = *window;
  table.check_unknown();
  return draft;
}

}  // namespace

void parse_themes(std::vector<TomlTable> tables, CategoryNames& names, SafeguardingDraft& draft, DiagnosticSink& sink) {
  keep_first(kMaxThemes, "themes", tables, sink);
  UniqueNames unique("theme", sink);
  for (auto& table : tables)
    draft.themes.push_back(parse_theme(table, unique, names, sink));
  for (const auto& built_in : built_in_themes()) {
    const auto is_it = [&](const ThemeDraft& one) { return one.theme.name == built_in.name; };
    if (std::none_of(draft.themes.begin(), draft.themes.end(), is_it))
      take_built_in(built_in, draft.themes.emplace_back());
  }
}

void parse_safeguarding(TomlTable& table, CategoryNames& names, SafeguardingDraft& draft, DiagnosticSink& sink) {
  draft.monitored = table.texts("monitor");
  std::erase_if(draft.monitored, [&](const Text& text) { return !names.check(text); });
  if (const auto flag = table.flag("monitor_essential"); flag && flag->value)
    draft.settings.essential = Safeguarding::Essential::watched;
  if (const auto gap = read_duration(table, "episode_gap", {"1m", "4h"}, sink)) draft.settings.episode_gap = *gap;
}

}  // namespace breakwater::rules
