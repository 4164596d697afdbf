#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "categories/result.h"

namespace breakwater::categories {

enum class KeywordError : std::uint8_t {
  unknown_language,
  bad_utf8,
  bad_character,
  too_short,  ///< under two letters and digits
  too_long,   ///< over 63 characters, or in Turkish with more than 24 letters i
};

/// A phrase to stand behind the quoted key word.
std::string_view to_string(KeywordError error);

/// Is it the code of a language, as in the file name `keywords.tr`? "" is: none in particular. ISO 639-1, and ISO 639-3
/// for a few that have no code there.
bool is_language(std::string_view code);

/// The language that the name of a list says: "tr" of "keywords.tr", else "". Not checked.
std::string_view keyword_language(std::string_view file_name);

/// A key word, or a phrase of words with spaces between them, in its normal form: Unicode's case folding, decomposed
/// (NFD), with "CODE:" before it where that language has rules of its own:
///
///   tr, az                            i with and without a dot, in either case, are one letter
///   zh, ja, th, lo, km, my, yue, cmn  written without spaces: matches inside of words too
///
/// Letters, digits, "-", "_" and "." are taken.
Result<std::string, KeywordError> normalise_keyword(std::string_view text, std::string_view language);

/// A key word in its normal form as it is looked for in a keyword_text().
struct KeywordPattern {
  enum class Bounds : std::uint8_t { words, none };
  std::string expression;  ///< for Hyperscan; a space matches one of "-", "_", "+", ".", a space, or nothing
  Bounds bounds = Bounds::words;
};
KeywordPattern keyword_pattern(std::string_view keyword);

/// What key words are looked for in: `host_and_path`, the front of a match text, with percent-escapes and A-labels
/// decoded and then brought into their normal form. Mostly a view of `host_and_path`, else of `buffer`. Bytes that are
/// not UTF-8 become U+FFFD, which counts as a letter. nullopt: out of memory.
std::optional<std::string_view> keyword_text(std::string_view host_and_path, std::string& buffer);

/// Does what was found from `begin` to `end` of a keyword_text() stand alone? Neither neighbour is an ASCII letter or
/// digit or any character outside ASCII.
bool is_whole_word(std::string_view text, std::size_t begin, std::size_t end);

}  // namespace breakwater::categories
