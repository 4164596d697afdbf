#include "rules/circumvention_parser.h"

#include <algorithm>

#include "rules/policy_names.h"

namespace breakwater::rules {

Circumvention parse_circumvention(TomlTable& table, const std::vector<Group>& groups, DiagnosticSink& sink) {
  const auto kinds = tunnel_kinds();
  std::vector<std::string_view> names;
  names.reserve(kinds.size());
  for (const auto kind : kinds)
    names.push_back(to_string(kind));
  Circumvention out;
  for (const auto& text : table.texts("allow", Need::filled)) {
    const auto found = std::find(names.begin(), names.end(), text.value);
    if (found != names.end())
      out.allow.push_back(kinds[static_cast<std::size_t>(found - names.begin())]);
    else
      sink.error(text.place,
                 "allow: unknown kind " + in_quotes(text.value) + sink.did_you_mean(text.place, text.value, names));
  }
  for (const auto& text : table.texts("groups", Need::filled))
    if (const auto group = find_named(text, "group", groups, sink)) out.groups.push_back(*group);
  if (table.has("groups") && !table.has("allow"))
    sink.error(table.place(), "[circumvention] has groups, but allows them nothing");
  table.check_unknown();
  return out;
}

}  // namespace breakwater::rules
