#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace breakwater::cli {

enum class Asked : std::uint8_t { once, twice };  ///< how often at a terminal: twice for what is new

/// Typed at a terminal without being shown, else one line of standard input. `what` is "Password" or the like. nullopt
/// where the two are not the same, which is told.
std::optional<std::string> ask_secret(std::string_view what, Asked asked);

/// The first line of `file`; asked for where it is "". nullopt where there is none, which is told.
std::optional<std::string> read_passphrase(const std::filesystem::path& file, Asked asked);

}  // namespace breakwater::cli
