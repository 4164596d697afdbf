// Input: a line with a host, then path and query.

#include <algorithm>
#include <string>

#include "categories/keyword.h"
#include "categories/search_words.h"
#include "proxy/wire/utf8.h"
#include "tests/fuzz/fuzz.h"

namespace breakwater::categories {
namespace {

using fuzz::require;

void check_search(const Host& host, std::string_view path) {
  const auto words = search_words(host, path);
  if (!words) return;
  require(!words->empty() && words->size() <= kMaxSearchWords, "words of a wrong length");
  require(words->front() != ' ' && words->back() != ' ' && words->find("  ") == std::string::npos, "stray spaces");
  require(std::none_of(words->begin(), words->end(), [](char c) { return (c >= 0 && c < 0x20) || c == 0x7f; }),
          "a control character");
  for (std::string_view rest = *words; !rest.empty();) {
    const auto length = wire::utf8_length(rest);
    require(length > 0, "words that are not UTF-8");
    rest.remove_prefix(length);
  }
}

void check_keyword_text(std::string_view match_text) {
  std::string buffer;
  const auto text = keyword_text(match_text, buffer);
  require(text.has_value(), "no text for key words");
  // Folding one character gives three at most, and NFD four of one.
  require(text->size() <= 12 * match_text.size() + 1024, "a text for key words that grew");
  for (std::size_t at = 0; at <= text->size(); ++at)
    is_whole_word(*text, at, at);
}

void check_keyword(std::string_view line) {
  for (const std::string_view language : {"", "tr", "zh"}) {
    const auto keyword = normalise_keyword(line, language);
    if (!keyword) continue;
    const auto pattern = keyword_pattern(*keyword);
    require(!pattern.expression.empty() && pattern.expression.find('\0') == std::string::npos,
            "an expression ends where its C string does");
  }
}

void run(std::span<const std::uint8_t> input) {
  const auto text = fuzz::as_text(input);
  const auto end = std::min(text.find('\n'), text.size());
  const auto path = text.substr(std::min(end + 1, text.size()));
  check_keyword(text.substr(0, end));
  check_keyword_text(text);
  if (const auto host = normalise_host(text.substr(0, end), HostSource::wire)) check_search(*host, path);
}

const fuzz::Registration registered{"search", &run};

}  // namespace
}  // namespace breakwater::categories
