#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "rules/civil_time.h"

namespace breakwater::reports {

inline constexpr std::size_t kMaxText = 1000;  ///< bytes of one piece of text: more says no more to a reader

/// Text of anybody's as a reader may be shown it: valid UTF-8 of at most `limit` bytes, in which nothing hides. What
/// has no look of its own, or turns the writing direction of what stands beside it (controls, bidirectional and
/// zero-width characters, tags, private use), is shown as "[U+202E]"; of more than four accents on one letter the rest
/// is left out, and told. Joiners stay in scripts that need them.
std::string visible_text(std::string_view text, std::size_t limit = kMaxText);

/// At most `characters`, the last an ellipsis where something is missing. `text` is UTF-8.
std::string shortened(std::string_view text, std::size_t characters);

/// "1,234"
std::string grouped(std::uint64_t number);
/// "1 episode", "1,234 episodes"
std::string counted(std::uint64_t number, std::string_view one, std::string_view many);
/// "40 s", "25 min", "3 h 20 min", "2 days": never more than two parts.
std::string span_text(std::chrono::seconds span);

/// On the zone's clocks: "Mon 16 Nov 2026", "16 Nov", "Mon 16 Nov, 10:30", "10:30:05".
std::string date_text(rules::SysSeconds when, const date::time_zone& zone);
std::string short_date_text(rules::SysSeconds when, const date::time_zone& zone);
std::string moment_text(rules::SysSeconds when, const date::time_zone& zone);
std::string clock_text(rules::SysSeconds when, const date::time_zone& zone);

}  // namespace breakwater::reports
