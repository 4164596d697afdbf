#include "rules/theme.h"

#include <algorithm>

namespace breakwater::rules {
namespace {

/// A single hit of the lesser ones is most often an advertisement or a slip; three within an hour are not.
constexpr BuiltInTheme kThemes[] = {
    {"terrorism and extremism", "terrorism extremism hate", 1},
    {"child abuse", "child-abuse", 1},
    {"self-harm and suicide", "self-harm", 1},
    {"grooming", "grooming", 1},
    {"violence and weapons", "violence weapons", 2},
    {"drugs", "drugs", 3},
    {"sexual content", "adult", 3},
    {"getting round the filter", "circumvention hacking", 3},
    {"cults and false information", "cults misinformation", 3},
    {"security incidents", "malware phishing scams", 1},
};

}  // namespace

std::span<const BuiltInTheme> built_in_themes() {
  return kThemes;
}

const Theme* Safeguarding::theme_of(categories::CategoryId category) const {
  const auto found =
      std::find_if(themes.begin(), themes.end(), [&](const auto& theme) { return theme.categories.test(category); });
  return found == themes.end() ? nullptr : &*found;
}

const Theme* Safeguarding::find(std::string_view name) const {
  const auto found = std::find_if(themes.begin(), themes.end(), [&](const auto& theme) { return theme.name == name; });
  return found == themes.end() ? nullptr : &*found;
}

}  // namespace breakwater::rules
