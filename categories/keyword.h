#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "categories/result.h"

namespace breakwater::categories {

enum class KeywordError : std::uint8_t {
  unknown_language,
  bad_utf8,
  bad_character,
  too_short,  ///< under two letters and digits
  too_long,   ///< over 63 characters, or more than Hyperscan takes
};

/// A phrase to stand behind the quoted key word.
std::string_view to_string(KeywordError error);

/// Is it the code of a language, as in the file name `keywords.tr`? "" is: none in particular. ISO 639-1, and ISO 639-3
/// for a few that have no code there.
bool is_language(std::string_view code);

/// A key word, or a phrase of words with spaces between them, in its normal form: NFC, in lower case by the rules of
/// its language, with "CODE:" before it where that language has rules of its own. Letters, digits, "-", "_" and "." are
/// taken.
Result<std::string, KeywordError> normalise_keyword(std::string_view text, std::string_view language);

/// The expression that finds a key word in its normal form in a match text.
///
/// Its letters match in either case, composed or not, as the percent-escapes of their UTF-8. Spaces stand for one of
/// "-", "_", "+", ".", "%20", or for nothing. Neither neighbour may be a letter or a digit, as which every escape of a
/// byte outside ASCII counts, except in languages that are written without spaces. Words with letters outside ASCII
/// match in a host as its whole A-label.
///
/// Matches in the query too: what counts ends at most one byte behind the path (the byte that ends the word).
std::string keyword_expression(std::string_view keyword);

}  // namespace breakwater::categories
