#include <algorithm>
#include <cctype>
#include <optional>

#include "proxy/pages/block_page.h"
#include "proxy/wire/byte_set.h"

namespace breakwater::pages {
namespace {

constexpr std::size_t kMaxRanges = 32;  // browsers send ten at most
constexpr std::size_t kMaxLength = 1024;
/// Neither "cy" nor "*" is written without one of the others.
constexpr auto kNoWelsh = wire::ByteSet::of([](unsigned char c) { return c != 'c' && c != 'C' && c != '*'; });

std::string_view trim(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// Cuts off and returns what stands before `separator`.
std::string_view next_part(std::string_view& rest, char separator) {
  const auto end = std::min(rest.find(separator), rest.size());
  const auto part = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return trim(part);
}

/// In thousandths: "0.5" is 500 (RFC 9110 12.4.2).
std::optional<int> parse_quality(std::string_view text) {
  if (text.empty() || text.size() > 5 || (text[0] != '0' && text[0] != '1')) return std::nullopt;
  if (text.size() > 1 && text[1] != '.') return std::nullopt;
  int value = text[0] - '0';
  for (std::size_t i = 2; i < 5; ++i) {
    const char digit = i < text.size() ? text[i] : '0';
    if (digit < '0' || digit > '9') return std::nullopt;
    value = value * 10 + (digit - '0');
  }
  if (text.size() <= 2) value = (text[0] - '0') * 1000;
  return value <= 1000 ? std::optional(value) : std::nullopt;
}

/// The quality of one range, 1 where it names none; nullopt where it is malformed.
std::optional<int> quality_of(std::string_view parameters) {
  while (!parameters.empty()) {
    const auto parameter = next_part(parameters, ';');
    if (parameter.starts_with("q=") || parameter.starts_with("Q=")) return parse_quality(parameter.substr(2));
  }
  return 1000;
}

bool is_language(std::string_view range, std::string_view language) {
  const auto equal = [](char a, char b) { return a == std::tolower(static_cast<unsigned char>(b)); };
  return range.size() >= 2 && std::equal(language.begin(), language.end(), range.begin(), equal) &&
         (range.size() == 2 || range[2] == '-');
}

}  // namespace

Language choose_language(std::string_view accept_language) {
  auto rest = accept_language.substr(0, kMaxLength);
  if (kNoWelsh.contains_all(rest)) return Language::english;  // as nearly always
  struct Wish {
    int quality = 0;
    std::size_t place = kMaxRanges;
    bool named = false;
  };
  Wish welsh;
  Wish english;
  const auto wish_for = [](Wish& wish, int quality, std::size_t place, bool named) {
    if (named == wish.named ? quality > wish.quality : named) wish = {quality, place, named};
  };
  for (std::size_t place = 0; place < kMaxRanges && !rest.empty(); ++place) {
    auto parameters = next_part(rest, ',');
    const auto range = next_part(parameters, ';');
    const auto quality = quality_of(parameters);
    if (!quality) continue;
    const bool any = range == "*";
    if (any || is_language(range, "cy")) wish_for(welsh, *quality, place, !any);
    if (any || is_language(range, "en")) wish_for(english, *quality, place, !any);
  }
  if (welsh.quality != english.quality) return welsh.quality > english.quality ? Language::welsh : Language::english;
  return welsh.place < english.place && welsh.quality > 0 ? Language::welsh : Language::english;
}

}  // namespace breakwater::pages
