#include "categories/e2guardian_list.h"

#include <algorithm>
#include <array>

namespace breakwater::categories {
namespace {

constexpr std::string_view kInclude = ".Include<";
constexpr std::string_view kTime = "#time:";
constexpr std::string_view kPhrase = "a phrase list: pages are not read";
constexpr std::string_view kBlanket = "a blanket rule: the policy says what else is blocked";
constexpr std::string_view kOther = "an entry about clients or kinds of content";
constexpr std::string_view kDirective = "a directive of e2guardian";

constexpr auto kBlankets = std::to_array<std::string_view>({"**", "*ip", "**s", "**ips", "*ips"});

bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

}  // namespace

std::optional<E2guardianKind> e2guardian_kind(std::string_view file_name) {
  const auto name = to_lower(file_name);
  const auto list = std::string_view{name}.substr(0, name.find("list"));
  constexpr auto kStarts = std::to_array<std::string_view>(
      {"banned", "localbanned", "exception", "localexception", "grey", "localgrey", "weighted", "log", "urlredirect"});
  if (list.size() == name.size() ||
      std::ranges::none_of(kStarts, [list](auto start) { return list.starts_with(start); }))
    return std::nullopt;
  if (has(list, "phrase")) return E2guardianKind::phrases;
  if (has(list, "exception") || has(list, "grey")) return E2guardianKind::exceptions;
  if (!has(list, "banned") || has(list, "client") || has(list, "header")) return E2guardianKind::other;
  if (has(list, "regexp"))
    return has(list, "url") || has(list, "site") ? E2guardianKind::expressions : E2guardianKind::other;
  return has(list, "site") || has(list, "url") ? E2guardianKind::sites_and_urls : E2guardianKind::other;
}

E2guardianList::E2guardianList(std::string_view file_name, EntrySink& sink)
    : kind_(e2guardian_kind(file_name).value_or(E2guardianKind::sites_and_urls)), sink_(sink) {}

void E2guardianList::line(std::string_view text, std::uint32_t number) {
  EntryParser parser{sink_, number};
  Words words{text};
  const auto whole = Words{text}.rest();
  if (!whole) return;
  if (whole->text.starts_with(kTime))
    return parser.reject(*whole, "is a time header: the policy's timetable says when");
  if (whole->text.starts_with('#')) return;
  // ".Include<": a domain begins with a dot too, but has no such sign.
  if (whole->text.starts_with('.') && has(whole->text, "<")) return directive(*whole, parser);
  if (whole->text.starts_with('<') || kind_ == E2guardianKind::phrases) return parser.skip(*whole, kPhrase);
  if (kind_ == E2guardianKind::expressions) return parser.expression(*whole);
  if (kind_ == E2guardianKind::other) return parser.skip(*whole, kOther);

  const auto word = words.next_before_comment();
  if (!word) return;
  if (std::ranges::find(kBlankets, word->text) != kBlankets.end()) return parser.skip(*word, kBlanket);
  if (const auto second = words.next_before_comment())
    return parser.reject(*second, "stands after the entry: one a line");
  parser.domain(*word);
}

void E2guardianList::directive(const Word& word, EntryParser& parser) {
  if (!word.text.starts_with(kInclude)) return parser.skip(word, kDirective);
  const auto file = word.part(kInclude.size());
  const auto end = file.text.find('>');
  if (end == std::string_view::npos || end == 0) return parser.reject(word, "does not name a file between < and >");
  sink_.include(file.text.substr(0, end), parser.line(), file.column);
}

}  // namespace breakwater::categories
