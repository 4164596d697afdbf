#include "categories/plain_list.h"

#include <algorithm>
#include <array>

#include "categories/until_date.h"

namespace breakwater::categories {
namespace {

constexpr std::string_view kBadDate = "is not a date: write \"until 2026-12-18\"";

/// What a host is made of: a line of these alone is one word, whatever it is.
constexpr auto kHostBytes = [] {
  std::array<bool, 256> bytes{};
  for (const char c : std::string_view{"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._"})
    bytes[static_cast<unsigned char>(c)] = true;
  return bytes;
}();

bool is_bare(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return kHostBytes[static_cast<unsigned char>(c)]; });
}

/// Where " # " begins in an expression's line, or npos.
std::size_t find_comment(std::string_view text) {
  for (auto at = text.find('#'); at != std::string_view::npos; at = text.find('#', at + 1))
    if (at > 0 && is_blank(text[at - 1]) && (at + 1 == text.size() || is_blank(text[at + 1]))) return at;
  return std::string_view::npos;
}

}  // namespace

void PlainList::line(std::string_view text, std::uint32_t number) {
  if (text == repeated_) return;
  EntryParser parser{sink_, number};
  judge(text, number, parser);
  if (parser.has_taken())
    repeated_ = text;
  else
    repeated_.clear();
}

void PlainList::judge(std::string_view text, std::uint32_t number, EntryParser& parser) {
  if (format_ == ListFormat::expressions) return expression(text, parser);
  // Nearly every line of the long lists.
  if (is_bare(text) &&
      (format_ == ListFormat::domains || (format_ == ListFormat::automatic && !EntryParser::is_own_address(text))))
    return parser.domain({text});
  Words words{text};
  const auto first = words.next_before_comment();
  if (!first) return;
  auto ahead = words;
  const auto second = ahead.next_before_comment();
  auto format = format_;
  if (format == ListFormat::automatic) {
    if (!second && EntryParser::is_own_address(first->text)) return;
    if (second && EntryParser::parse_address(first->text)) format = ListFormat::hosts;
  }
  if (second && format != ListFormat::hosts && format != ListFormat::keywords)
    return parser.reject(*second, "stands after the entry: one a line");

  // The comment is judged before the entry is given. Only a line of hosts has more words before it.
  while (!ahead.comment() && ahead.next_before_comment()) {
  }
  const auto until = ahead.comment() ? parse_until(*ahead.comment()) : UntilDate{};
  if (until.malformed) return parser.reject(*until.malformed, kBadDate);
  entries(format, *first, words, parser);
  if (until.day && parser.has_taken()) sink_.until(*until.day, number);
}

void PlainList::entries(ListFormat format, const Word& first, Words& words, EntryParser& parser) {
  switch (format) {
    case ListFormat::hosts:
      return parser.hosts_line(first, words);
    case ListFormat::urls:
      return parser.url(first);
    case ListFormat::keywords:
      return keyword(first, words, parser);
    case ListFormat::addresses:
      return parser.network(first);
    default:
      return parser.domain(first);
  }
}

/// All up to the comment, with one space between the words.
void PlainList::keyword(const Word& first, Words& words, EntryParser& parser) const {
  std::string phrase{first.text};
  for (auto word = words.next_before_comment(); word; word = words.next_before_comment())
    phrase.append(1, ' ').append(word->text);
  parser.keyword({phrase, first.column}, language_);
}

void PlainList::expression(std::string_view text, EntryParser& parser) {
  const auto sign = find_comment(text);
  const auto entry = Words{text.substr(0, sign)}.rest();
  if (!entry || entry->text.starts_with('#')) return;
  UntilDate until;
  if (sign != std::string_view::npos) until = parse_until(Word{text}.part(sign + 1));
  if (until.malformed) return parser.reject(*until.malformed, kBadDate);
  parser.expression(*entry);
  if (until.day && parser.has_taken()) sink_.until(*until.day, parser.line());
}

}  // namespace breakwater::categories
