#include "rules/quantity_reader.h"

#include <string>

#include "rules/duration.h"

namespace breakwater::rules {
namespace {

template <class Value>
std::optional<Value> read(TomlTable& table, std::string_view key, Bounds bounds, DiagnosticSink& sink,
                          Result<Value, QuantityError> (*parse)(std::string_view),
                          std::string_view (*phrase)(QuantityError)) {
  const auto text = table.text(key);
  if (!text) return std::nullopt;
  const auto refuse = [&](std::string_view why) {
    sink.error(text->place, std::string(key) + ": " + in_quotes(text->value) + ' ' + std::string(why));
    return std::nullopt;
  };
  const auto value = parse(text->value);
  if (!value) return refuse(phrase(value.error()));
  if (*value > *parse(bounds.most)) return refuse("is over " + std::string(bounds.most));
  if (*value < *parse(bounds.least)) return refuse("is under " + std::string(bounds.least));
  return *value;
}

}  // namespace

std::optional<std::chrono::milliseconds> read_duration(TomlTable& table, std::string_view key, Bounds bounds,
                                                       DiagnosticSink& sink) {
  return read(table, key, bounds, sink, &parse_duration, &duration_phrase);
}

std::optional<std::uint64_t> read_size(TomlTable& table, std::string_view key, Bounds bounds, DiagnosticSink& sink) {
  return read(table, key, bounds, sink, &parse_size, &size_phrase);
}

}  // namespace breakwater::rules
