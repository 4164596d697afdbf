#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include "rules/toml_reader.h"

namespace breakwater::rules {

/// Least and most of a quantity, both allowed, as people write them: "1s", "24h".
struct Bounds {
  std::string_view least;
  std::string_view most;
};

/// The duration under `key`. One that is malformed or out of bounds is reported and reads as absent.
std::optional<std::chrono::milliseconds> read_duration(TomlTable& table, std::string_view key, Bounds bounds,
                                                       DiagnosticSink& sink);

/// The size under `key`, in bytes; as read_duration().
std::optional<std::uint64_t> read_size(TomlTable& table, std::string_view key, Bounds bounds, DiagnosticSink& sink);

}  // namespace breakwater::rules
