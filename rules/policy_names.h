#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "categories/category.h"
#include "rules/diagnostic_sink.h"
#include "rules/toml_reader.h"

namespace breakwater::rules {

/// "line 12", to point from one mistake to the other half of it.
std::string at_line(Place place);

/// Reports each name that stood before.
class UniqueNames {
 public:
  /// `kind` is what the names are of: "group".
  UniqueNames(std::string_view kind, DiagnosticSink& sink) : kind_(kind), sink_(sink) {}
  void add(const Text& name);

 private:
  std::string_view kind_;
  DiagnosticSink& sink_;
  std::map<std::string, Place> seen_;
};

/// Reports names that can be no category. Whether a well-formed one exists is for the catalogue to say.
class CategoryNames {
 public:
  explicit CategoryNames(DiagnosticSink& sink) : sink_(sink) {}
  bool check(const Text& text);

 private:
  DiagnosticSink& sink_;
  categories::CategoryTable known_;
};

/// Reports it where there are more than `most` tables, and drops the rest: what is looked up among them stays quick.
void keep_first(std::size_t most, std::string_view what, std::vector<TomlTable>& tables, DiagnosticSink& sink);

/// The index of the element whose `name` the text gives; an unknown one is reported as a `kind`.
template <class Range>
std::optional<std::uint16_t> find_named(const Text& text, std::string_view kind, const Range& range,
                                        DiagnosticSink& sink) {
  const auto found = std::find_if(range.begin(), range.end(), [&](const auto& one) { return one.name == text.value; });
  if (found != range.end()) return static_cast<std::uint16_t>(found - range.begin());
  std::vector<std::string_view> names;
  names.reserve(range.size());
  for (const auto& one : range)
    names.emplace_back(one.name);
  sink.error(text.place, "unknown " + std::string(kind) + ' ' + in_quotes(text.value) +
                             sink.did_you_mean(text.place, text.value, names));
  return std::nullopt;
}

}  // namespace breakwater::rules
