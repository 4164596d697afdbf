#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "categories/category.h"
#include "rules/diagnostic_sink.h"

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

/// The index of the element whose `name` the text gives; an unknown one is reported as a `kind`.
template <class Range>
std::optional<std::uint16_t> find_named(const Text& text, std::string_view kind, const Range& range,
                                        DiagnosticSink& sink) {
  std::vector<std::string_view> names;
  for (std::uint16_t i = 0; i < range.size(); ++i) {
    if (range[i].name == text.value) return i;
    names.push_back(range[i].name);
  }
  sink.error(text.place, "unknown " + std::string(kind) + ' ' + in_quotes(text.value) +
                             sink.did_you_mean(text.place, text.value, names));
  return std::nullopt;
}

}  // namespace breakwater::rules
