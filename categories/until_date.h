#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include "categories/words.h"

namespace breakwater::categories {

/// What the comment after an entry says of how long it holds.
struct UntilDate {
  std::optional<std::chrono::sys_days> day;
  std::optional<Word> malformed;  ///< what stands where the day should
};

/// A comment sets a date when its first word is "until": "until 2026-12-18, lesson on media". After the day comes a
/// blank, a comma or nothing. Other comments set none.
UntilDate parse_until(const Word& comment);

}  // namespace breakwater::categories
