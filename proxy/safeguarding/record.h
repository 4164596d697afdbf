#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace breakwater::safeguarding {

using Milliseconds = std::chrono::sys_time<std::chrono::milliseconds>;

/// What a record is about.
enum class Kind : std::uint8_t { attempt, episode, alert, decision, hold, access, deletion, head, key, check };
inline constexpr std::size_t kKinds = 10;
std::string_view to_string(Kind kind);
std::optional<Kind> parse_kind(std::string_view text);

/// What is to be recorded.
struct Entry {
  Milliseconds time;
  Kind kind = Kind::attempt;
  /// Of an attempt its id, as on the block page; of an episode and of all that is about it the episode's reference.
  std::string reference;
  /// A JSON object that holds no name, address, host, URL or search word of a person; it stays readable on the machine.
  std::string body;
  /// A JSON object with what the body may not hold; kept encrypted. "": there is none.
  std::string sealed;
};

using Digest = std::array<std::uint8_t, 32>;

/// What was recorded: one link of the chain (see chain.h).
struct Record {
  std::int64_t seq = 0;  ///< from 1, without a gap: the order of records, whatever the clock did
  Milliseconds time;
  Kind kind = Kind::attempt;
  std::string reference;
  std::optional<std::string> body;  ///< nullopt: deleted
  std::string sealed;               ///< bytes; "": there was none, or it is deleted
  Digest body_digest{};
  Digest sealed_digest{};
  Digest hash{};
};

}  // namespace breakwater::safeguarding
