#include "rules/acceptance_parser.h"

#include <system_error>

#include "rules/policy_names.h"

namespace breakwater::rules {
namespace {

AcceptanceTerms::Text read_text(TomlTable& table, std::string_view key, Need need, const std::filesystem::path& folder,
                                DiagnosticSink& sink) {
  const auto name = table.label(key, need);
  if (!name) return {};
  auto file = (folder / name->value).lexically_normal();
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(file, ignored))
    sink.error(name->place, std::string(key).append(": there is no file ").append(in_quotes(name->value)));
  return {std::move(file)};
}

}  // namespace

AcceptanceTerms parse_acceptance(TomlTable& table, const std::filesystem::path& folder,
                                 const std::vector<Group>& groups, DiagnosticSink& sink) {
  AcceptanceTerms terms;
  if (auto version = table.label("version", Need::required)) terms.version = std::move(version->value);
  terms.english = read_text(table, "english", Need::required, folder, sink);
  terms.welsh = read_text(table, "welsh", Need::optional, folder, sink);
  for (const auto& text : table.texts("groups", Need::filled))
    if (const auto group = find_named(text, "group", groups, sink)) terms.groups.push_back(*group);
  table.check_unknown();
  return terms;
}

}  // namespace breakwater::rules
