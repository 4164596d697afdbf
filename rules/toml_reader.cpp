// The one translation unit that holds the parser's code: the library's own build throws, ours may not. Never under
// NDEBUG, where its asserts would turn into assumptions.
#undef NDEBUG
#define TOML_IMPLEMENTATION
#include "rules/toml_reader.h"

#include <algorithm>

#include "rules/toml_screen.h"

namespace breakwater::rules {
namespace {

std::string_view describe(const toml::node& node) {
  switch (node.type()) {
    case toml::node_type::table:
      return "a table";
    case toml::node_type::array:
      return "an array";
    case toml::node_type::string:
      return "a string";
    case toml::node_type::integer:
      return "an integer";
    case toml::node_type::floating_point:
      return "a float";
    case toml::node_type::boolean:
      return "a boolean";
    case toml::node_type::date:
      return "a date";
    case toml::node_type::time:
      return "a time";
    default:
      return "a date and time";
  }
}

}  // namespace

std::optional<toml::table> parse_toml(std::string_view text, DiagnosticSink& sink) {
  if (const auto place = find_deep_key(text)) {
    sink.error(*place, "a key of more than " + std::to_string(kMaxKeyParts) + " parts");
    return std::nullopt;
  }
  auto parsed = toml::parse(text);
  if (!parsed) {
    sink.error(place_of(parsed.error().source()), std::string(parsed.error().description()));
    return std::nullopt;
  }
  return std::move(parsed).table();
}

Place place_of(const toml::source_region& region) {
  return {region.begin.line, region.begin.column};
}

TomlTable::TomlTable(const toml::table& table, std::string name, DiagnosticSink& sink)
    : table_(&table), name_(std::move(name)), sink_(&sink) {}

const toml::node* TomlTable::find(std::string_view key, Need need) {
  known_.push_back(key);
  const auto* node = table_->get(key);
  if (!node && need == Need::required) sink_->error(place(), name_ + " lacks the key " + in_quotes(key));
  return node;
}

void TomlTable::wrong_type(std::string_view key, std::string_view expected, const toml::node& node) {
  sink_->error(place_of(node.source()),
               std::string(key) + ": expected " + std::string(expected) + ", found " + std::string(describe(node)));
}

std::optional<Text> TomlTable::text(std::string_view key, Need need) {
  const auto* node = find(key, need);
  if (!node) return std::nullopt;
  if (const auto* value = node->as_string()) return Text{value->get(), place_of(node->source())};
  wrong_type(key, "a string", *node);
  return std::nullopt;
}

std::optional<Text> TomlTable::label(std::string_view key, Need need) {
  constexpr std::size_t kMaxBytes = 200;
  auto label = text(key, need);
  if (!label) return std::nullopt;
  const auto refuse = [&](std::string_view why) {
    sink_->error(label->place, std::string(key) + ": " + in_quotes(label->value) + std::string(why));
    return std::nullopt;
  };
  if (label->value.empty()) return refuse(" is empty");
  if (label->value.size() > kMaxBytes) return refuse(" is longer than 200 bytes");
  if (has_control_character(label->value)) return refuse(" holds a control character");
  return label;
}

std::optional<Located<bool>> TomlTable::flag(std::string_view key) {
  const auto* node = find(key, Need::optional);
  if (!node) return std::nullopt;
  if (const auto* value = node->as_boolean()) return Located<bool>{value->get(), place_of(node->source())};
  wrong_type(key, "true or false", *node);
  return std::nullopt;
}

std::optional<Located<std::int64_t>> TomlTable::number(std::string_view key) {
  const auto* node = find(key, Need::optional);
  if (!node) return std::nullopt;
  if (const auto* value = node->as_integer()) return Located<std::int64_t>{value->get(), place_of(node->source())};
  wrong_type(key, "a whole number", *node);
  return std::nullopt;
}

std::vector<Text> TomlTable::texts(std::string_view key, Need need) {
  std::vector<Text> values;
  const auto* node = find(key, need);
  if (!node) return values;
  const auto* array = node->as_array();
  if (!array) {
    wrong_type(key, "an array of strings", *node);
    return values;
  }
  if (array->empty() && need != Need::optional) sink_->error(place_of(node->source()), std::string(key) + " is empty");
  values.reserve(array->size());
  for (const auto& element : *array) {
    if (const auto* value = element.as_string()) {
      values.push_back({value->get(), place_of(element.source())});
    } else {
      wrong_type(key, "a string", element);
    }
  }
  return values;
}

Place TomlTable::place(std::string_view key) const {
  const auto* node = table_->get(key);
  return node ? place_of(node->source()) : place();
}

std::string TomlTable::child_name(std::string_view key, std::string_view open, std::string_view close) const {
  return std::string(open) + path_ + std::string(key) + std::string(close);
}

bool TomlTable::is_empty(std::string_view key) const {
  const auto* node = table_->get(key);
  return !node || (node->is_array() && node->as_array()->empty());
}

std::optional<TomlTable> TomlTable::table(std::string_view key, Need need) {
  const auto* node = find(key, need);
  if (!node) return std::nullopt;
  if (const auto* value = node->as_table()) {
    TomlTable child(*value, child_name(key, "[", "]"), *sink_);
    child.path_ = path_ + std::string(key) + '.';
    return child;
  }
  wrong_type(key, child_name(key, "[", "]"), *node);
  return std::nullopt;
}

std::vector<TomlTable> TomlTable::tables(std::string_view key) {
  std::vector<TomlTable> children;
  const auto* node = find(key, Need::optional);
  if (!node) return children;
  const auto* array = node->as_array();
  if (!array) {
    wrong_type(key, child_name(key, "[[", "]]"), *node);
    return children;
  }
  for (const auto& element : *array) {
    if (const auto* value = element.as_table()) {
      children.emplace_back(*value, child_name(key, "[[", "]]"), *sink_);
      children.back().path_ = path_ + std::string(key) + '.';
    } else {
      wrong_type(key, "a table", element);
    }
  }
  return children;
}

std::vector<std::pair<Text, Text>> TomlTable::entries() {
  std::vector<std::pair<Text, Text>> all;
  for (const auto& [key, node] : *table_)
    if (const auto value = text(key.str()))
      all.emplace_back(Text{std::string(key.str()), place_of(key.source())}, *value);
  return all;
}

void TomlTable::check_unknown() const {
  for (const auto& [key, node] : *table_) {
    if (std::find(known_.begin(), known_.end(), key.str()) != known_.end()) continue;
    const auto place = place_of(key.source());
    sink_->error(
        place, "unknown key " + in_quotes(key.str()) + " in " + name_ + sink_->did_you_mean(place, key.str(), known_));
  }
}

}  // namespace breakwater::rules
