#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "rules/diagnostic_sink.h"
#include "rules/toml_library.h"

namespace breakwater::rules {

/// TOML 1.0 text as a tree. Never throws. nullopt: a mistake of syntax, which is in the sink; the parser stops at the
/// first. Keys of more than 16 parts and values nested more than 32 deep are refused.
std::optional<toml::table> parse_toml(std::string_view text, DiagnosticSink& sink);

Place place_of(const toml::source_region& region);

enum class Need : std::uint8_t {
  optional,
  filled,  ///< may be absent, but not an empty array
  required,
};

/// Typed reading of one table. Every key that is asked for is a known one; check_unknown() reports the others. A value
/// of the wrong type is reported and reads as absent, and so does a missing one that is required. Views the tree.
class TomlTable {
 public:
  /// `name` is how messages call it: "[centre]", "[[group]]".
  TomlTable(const toml::table& table, std::string name, DiagnosticSink& sink);

  Place place() const { return place_of(table_->source()); }
  const std::string& name() const { return name_; }

  std::optional<Text> text(std::string_view key, Need need = Need::optional);
  /// A text that people will see in logs and pages: 1 to 200 bytes, no control characters.
  std::optional<Text> label(std::string_view key, Need need = Need::optional);
  std::optional<Located<bool>> flag(std::string_view key);
  std::optional<Located<std::int64_t>> number(std::string_view key);
  /// Empty where absent, or where no element is a string.
  std::vector<Text> texts(std::string_view key, Need need = Need::optional);
  bool has(std::string_view key) const { return table_->contains(key); }
  /// Of the value of a key; of the table where there is none.
  Place place(std::string_view key) const;
  /// Absent, or an array without elements.
  bool is_empty(std::string_view key) const;

  /// [key]
  std::optional<TomlTable> table(std::string_view key, Need need = Need::optional);
  /// [[key]]
  std::vector<TomlTable> tables(std::string_view key);
  /// Everything in this table as NAME = "text"; all keys are known then.
  std::vector<std::pair<Text, Text>> entries();

  void check_unknown() const;

 private:
  const toml::node* find(std::string_view key, Need need);
  void wrong_type(std::string_view key, std::string_view expected, const toml::node& node);
  std::string child_name(std::string_view key, std::string_view open, std::string_view close) const;

  const toml::table* table_;
  std::string name_;
  std::string path_;  ///< "" or "timetable."
  DiagnosticSink* sink_;
  std::vector<std::string_view> known_;
};

}  // namespace breakwater::rules
