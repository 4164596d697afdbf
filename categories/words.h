#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace breakwater::categories {

/// A word of a line and where it stands: its column counts from 1, in bytes.
struct Word {
  std::string_view text;
  std::uint32_t column = 1;

  /// A part of this word: `at` and `count` as in std::string_view::substr.
  Word part(std::size_t at, std::size_t count = std::string_view::npos) const {
    return {text.substr(at, count), column + static_cast<std::uint32_t>(at)};
  }
};

/// Cuts a line into words.
class Words {
 public:
  explicit Words(std::string_view line) : line_(line) {}
  explicit Words(const Word& word) : line_(word.text), first_column_(word.column) {}

  std::optional<Word> next();
  /// As next(), but a word that begins with a comment sign ends the line, and so does a '#' within a word: neither a
  /// host nor what a proxy sees of a URL has one.
  std::optional<Word> next_before_comment();
  /// What follows the comment sign, once next_before_comment() has met one.
  std::optional<Word> comment() const { return comment_; }
  /// What is left of the line as one word, without blanks at its ends.
  std::optional<Word> rest();

 private:
  Word word(std::size_t begin, std::size_t end) const;

  std::string_view line_;
  std::uint32_t first_column_ = 1;
  std::size_t at_ = 0;
  std::optional<Word> comment_;
};

inline bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v';
}
inline bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
std::string to_lower(std::string_view text);

/// A bad word in a message: short, and with nothing that could play tricks on a terminal or a log.
std::string quote(std::string_view word);

}  // namespace breakwater::categories
