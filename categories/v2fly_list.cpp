#include "categories/v2fly_list.h"

#include <algorithm>

namespace breakwater::categories {
namespace {

constexpr std::string_view kAnyPlace = "^[^/]*";

bool is_printable(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c > 0x20 && c < 0x7f; });
}

/// Every '$' outside a class stands for the end of the host, which is a '/' in the match text.
std::string for_match_text(std::string_view expression) {
  std::string made;
  if (!expression.starts_with('^')) made.append(kAnyPlace).append("(?:");
  bool in_class = false;
  for (std::size_t i = 0; i < expression.size(); ++i) {
    const char c = expression[i];
    if (c == '\\' && i + 1 < expression.size()) {
      made.append(expression.substr(i++, 2));
      continue;
    }
    if (c == '[') in_class = true;
    if (c == ']') in_class = false;
    made += c == '$' && !in_class ? '/' : c;
  }
  if (!expression.starts_with('^')) made += ')';
  return made;
}

}  // namespace

void V2flyList::line(std::string_view text, std::uint32_t number) {
  EntryParser parser{sink_, number};
  Words words{text};
  const auto word = words.next_before_comment();
  if (!word) return;
  bool has_attribute = false;
  for (auto more = words.next_before_comment(); more; more = words.next_before_comment()) {
    const char sign = more->text.front();
    if (sign != '@' && sign != '&' && sign != '-') return parser.reject(*more, "stands after the entry: one a line");
    has_attribute = has_attribute || sign != '&';
  }

  const auto colon = word->text.find(':');
  if (colon == std::string_view::npos) return parser.host(*word);
  const auto kind = word->text.substr(0, colon);
  const auto value = word->part(colon + 1);
  if (value.text.empty()) return parser.reject(*word, "has nothing after its colon");
  if (kind == "domain" || kind == "full") return parser.host(value);
  if (kind == "include") {
    if (has_attribute) return parser.skip(*word, "an include of a part of a list");
    return sink_.include(value.text, number, value.column);
  }
  if (kind != "keyword" && kind != "regexp") return parser.reject(*word, "is not a kind of entry");
  if (!is_printable(value.text)) return parser.reject(value, "has a character that no host has");
  if (kind == "regexp") return parser.made_expression(for_match_text(value.text));
  std::string expression{kAnyPlace};
  append_literal(expression, value.text);
  parser.made_expression(expression);
}

}  // namespace breakwater::categories
