#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "proxy/pages/block_page.h"

namespace breakwater::pages {

/// What a page is: the colour it has, and whom it sends where.
enum class Kind : std::uint8_t {
  never,    ///< the floor
  blocked,  ///< by a rule or a check: another time or an approval may open it
  failed,   ///< nobody's decision
};

struct Words {
  std::string_view title;
  std::string_view text;
};

struct ReasonWords {
  std::string_view reason;
  Kind kind;
  std::array<Words, 2> words;  ///< by Language
};

/// General words where the reason is none of the table's.
const ReasonWords& words_for(std::string_view reason);

/// A period of the policy as a reader knows it; one that is not in the table as it is.
std::string_view period_name(std::string_view period, Language language);

/// What stands around the reason.
struct Labels {
  std::string_view code;  ///< of the `lang` attribute
  std::string_view opens;
  std::string_view category;
  std::string_view categories;
  std::string_view period;
  std::string_view rule;
  std::string_view detail;
  std::string_view used;
  std::string_view of;  ///< between two numbers, with its spaces
  std::string_view minutes;
  std::string_view left;
  std::string_view nothing;
  std::string_view reference;
  std::array<std::string_view, 3> advice;  ///< by Kind
  std::string_view help;
  std::string_view childline;
  std::string_view samaritans;
  std::string_view act_early;
  std::string_view logged;
};
const Labels& labels(Language language);

}  // namespace breakwater::pages
