#include "categories/keyword.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <initializer_list>
#include <memory>
#include <optional>
#include <set>
#include <vector>

#include <unicase.h>
#include <unictype.h>
#include <uninorm.h>
#include <unistr.h>

#include "categories/host.h"

namespace breakwater::categories {
namespace {

constexpr std::size_t kMinLetters = 2;  // one letter stands alone in nearly every URL
constexpr std::size_t kMaxCharacters = 63;
constexpr std::size_t kMaxExpression = 1400;  // Hyperscan holds at most 512 places of one expression at a time

// A line for each initial, so that one is found again.
constexpr std::string_view kLanguages =
    " aa ab ae af ak am an ar as av ay az"
    " ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy"
    " da de dv dz ee el en eo es et eu fa ff fi fj fo fr fy"
    " ga gd gl gn gu gv ha he hi ho hr ht hu hy hz"
    " ia id ie ig ii ik io is it iu ja jv"
    " ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv"
    " mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os"
    " pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw"
    " ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu"
    " ckb cmn fil kmr prs yue ";
constexpr std::string_view kWithCaseRules = " az lt tr ";
constexpr std::string_view kWithoutSpaces = " cmn ja km lo my th yue zh ";

constexpr ucs4_t kNonJoiner = 0x200c;
constexpr ucs4_t kJoiner = 0x200d;

bool holds(std::string_view codes, std::string_view code) {
  return !code.empty() && codes.find(' ' + std::string{code} + ' ') != std::string_view::npos;
}

bool is_alphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

const std::uint8_t* bytes(std::string_view text) {
  return reinterpret_cast<const std::uint8_t*>(text.data());
}

/// What libunistring's functions of this form give; "" where they fail. `language` is a C string.
template <auto Function>
std::string mapped(std::string_view text, const char* language, uninorm_t form) {
  std::size_t length = 0;
  const std::unique_ptr<std::uint8_t, decltype(&std::free)> result{
      Function(bytes(text), text.size(), language, form, nullptr, &length), &std::free};
  return result ? std::string{reinterpret_cast<const char*>(result.get()), length} : std::string{};
}

/// Calls `visit` with each character of valid UTF-8, as its number and its bytes.
template <class Visit>
void each_character(std::string_view text, Visit&& visit) {
  while (!text.empty()) {
    ucs4_t character = 0;
    const auto size = static_cast<std::size_t>(std::max(1, u8_mbtouc(&character, bytes(text), text.size())));
    visit(character, text.substr(0, size));
    text.remove_prefix(size);
  }
}

bool is_letter_or_digit(ucs4_t c) {
  return uc_is_general_category_withtable(c, UC_CATEGORY_MASK_L | UC_CATEGORY_MASK_N);
}
bool is_taken(ucs4_t c) {
  return is_letter_or_digit(c) || uc_is_general_category_withtable(c, UC_CATEGORY_MASK_M) || c == '-' || c == '_' ||
         c == '.' || c == ' ' || c == kNonJoiner || c == kJoiner;
}

/// As it stands in a match text: ASCII in lower case, all else as the escapes of its bytes.
std::string as_in_url(std::string_view text) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string out;
  for (char c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x80) {
      out += {'%', kHex[byte >> 4], kHex[byte & 15]};
    } else {
      if (!is_alphanumeric(c)) out += '\\';
      out += c;
    }
  }
  return out;
}

/// Every way in which a match text may spell this character.
std::string spellings(ucs4_t character, std::string_view text, const char* language) {
  if (character == kNonJoiner || character == kJoiner) return "(?:" + as_in_url(text) + ")?";  // seldom typed
  std::set<std::string> all;
  for (const auto form : {UNINORM_NFC, UNINORM_NFD}) {
    const auto upper = mapped<u8_toupper>(text, language, form);
    for (const auto& one : {mapped<u8_tolower>(text, language, form), upper, mapped<u8_totitle>(text, language, form),
                            mapped<u8_tolower>(upper, language, form), mapped<u8_casefold>(text, language, form)})
      all.insert(as_in_url(one));
  }
  all.erase("");
  if (all.size() == 1) return *all.begin();
  std::string out;
  for (const auto& one : all)
    out.append(out.empty() ? "(?:" : "|").append(one);
  return out + ')';
}

/// "tr:word": the language and the word.
std::pair<std::string, std::string_view> split(std::string_view keyword) {
  const auto colon = keyword.find(':');
  if (colon == std::string_view::npos) return {"", keyword};
  return {std::string{keyword.substr(0, colon)}, keyword.substr(colon + 1)};
}

/// The A-label of a word or a phrase written as one, or "" where it is none.
std::string a_label(std::string_view words, std::string_view separator) {
  std::string label;
  for (const char c : words)
    c == ' ' ? void(label += separator) : void(label += c);
  const auto host = normalise_host(label, HostSource::person);
  if (!host || host->text().find('.') != std::string_view::npos || !host->text().starts_with("xn--")) return {};
  return std::string{host->text()};
}

}  // namespace

std::string_view to_string(KeywordError error) {
  switch (error) {
    case KeywordError::unknown_language:
      return "is in a list of a language that is not known: the name ends in an ISO 639-1 code, as keywords.pl";
    case KeywordError::bad_utf8:
      return "is not UTF-8";
    case KeywordError::bad_character:
      return "is not a keyword: letters, digits, \"-\", \"_\" and \".\" are";
    case KeywordError::too_short:
      return "is too short for a keyword";
    case KeywordError::too_long:
      return "is too long for a keyword";
  }
  return "unknown";
}

bool is_language(std::string_view code) {
  return code.empty() || holds(kLanguages, code);
}

Result<std::string, KeywordError> normalise_keyword(std::string_view text, std::string_view language) {
  if (!is_language(language)) return KeywordError::unknown_language;
  if (u8_check(bytes(text), text.size())) return KeywordError::bad_utf8;
  auto word = mapped<u8_tolower>(text, std::string{language}.c_str(), UNINORM_NFC);
  std::size_t characters = 0;
  std::size_t letters = 0;
  bool taken = true;
  each_character(word, [&](ucs4_t c, std::string_view) {
    ++characters;
    letters += is_letter_or_digit(c) ? 1U : 0U;
    taken = taken && is_taken(c);
  });
  if (!taken) return KeywordError::bad_character;
  if (letters < kMinLetters) return KeywordError::too_short;
  if (characters > kMaxCharacters) return KeywordError::too_long;
  if (holds(kWithCaseRules, language) || holds(kWithoutSpaces, language)) word.insert(0, std::string{language} + ':');
  if (keyword_expression(word).size() > kMaxExpression) return KeywordError::too_long;
  return word;
}

std::string keyword_expression(std::string_view keyword) {
  const auto [language, words] = split(keyword);
  const auto bounded = !holds(kWithoutSpaces, language);
  // An escape of an ASCII byte that is left in a match text is no letter, so it bounds a word on either side.
  std::string expression = bounded ? "(?:^|[^0-9a-z]|%[0-7][0-9a-f])" : "";
  each_character(words, [&](ucs4_t character, std::string_view text) {
    expression += character == ' ' ? "(?:[-_+.]|%20)?" : spellings(character, text, language.c_str());
  });
  if (bounded) expression += "(?:[^0-9a-z%]|%[^89a-f]|%?$)";
  const auto joined = a_label(words, "");
  if (joined.empty()) return expression;
  // In the path a whole label is no word: there the word itself counts.
  std::string labels = joined;
  if (const auto hyphens = a_label(words, "-"); hyphens != joined && !hyphens.empty()) labels += '|' + hyphens;
  return expression + "|^(?:[^/]*\\.)?(?:" + labels + ")[./]";
}

}  // namespace breakwater::categories
