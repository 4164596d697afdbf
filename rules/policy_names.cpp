#include "rules/policy_names.h"

namespace breakwater::rules {

std::string at_line(Place place) {
  return "line " + std::to_string(place.line);
}

void UniqueNames::add(const Text& name) {
  const auto [earlier, fresh] = seen_.try_emplace(name.value, name.place);
  if (fresh) return;
  sink_.error(name.place,
              std::string(kind_) + ' ' + in_quotes(name.value) + " stands twice, first in " + at_line(earlier->second));
}

void keep_first(std::size_t most, std::string_view what, std::vector<TomlTable>& tables, DiagnosticSink& sink) {
  if (tables.size() <= most) return;
  sink.error(tables[most].place(), "more than " + std::to_string(most) + ' ' + std::string(what));
  tables.erase(tables.begin() + static_cast<std::ptrdiff_t>(most), tables.end());
}

bool CategoryNames::check(const Text& text) {
  if (known_.find(text.value)) return true;
  if (known_.size() + 2 > categories::kMaxCategories) known_ = {};
  if (known_.add(text.value)) return true;
  sink_.error(text.place, in_quotes(text.value) + " is no category (lower case, hyphens, a child after a slash)");
  return false;
}

}  // namespace breakwater::rules
