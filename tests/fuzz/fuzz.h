#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace breakwater::fuzz {

using Target = void (*)(std::span<const std::uint8_t> input);

/// Registers a target under its name at start-up: `static const fuzz::Registration registered{"head", &run};`
struct Registration {
  Registration(std::string_view name, Target target);
};

inline std::string_view as_text(std::span<const std::uint8_t> input) {
  return {reinterpret_cast<const char*>(input.data()), input.size()};
}

/// Ends the process with a message: a property that must hold for every input does not.
[[noreturn]] void fail(std::string_view message);
inline void require(bool holds, std::string_view message) {
  if (!holds) fail(message);
}

}  // namespace breakwater::fuzz
