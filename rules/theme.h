#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "categories/category.h"

namespace breakwater::rules {

/// What a Designated Safeguarding Lead thinks in: several categories that are one matter.
struct Theme {
  std::string name;
  categories::CategorySet categories;  ///< with children
  /// So many attempts of a person within `window` are an episode that is told. One of danger always is.
  std::uint32_t threshold = 1;
  std::chrono::milliseconds window = std::chrono::hours(1);
};

struct BuiltInTheme {
  std::string_view name;
  std::string_view categories;  ///< separated by one space
  std::uint32_t threshold;
};

/// Those that hold where the policy says nothing else.
std::span<const BuiltInTheme> built_in_themes();

/// What becomes of requests in categories of concern, beside their being blocked.
struct Safeguarding {
  enum class Essential : std::uint8_t { spared, watched };

  std::vector<Theme> themes;                ///< the first that has a category has it
  categories::CategorySet monitored;        ///< with children: recorded also where they are allowed
  Essential essential = Essential::spared;  ///< what of them is essential
  std::chrono::milliseconds episode_gap = std::chrono::minutes(15);  ///< a longer pause ends an episode

  /// nullptr: the category is in none.
  const Theme* theme_of(categories::CategoryId category) const;
  const Theme* find(std::string_view name) const;
};

}  // namespace breakwater::rules
