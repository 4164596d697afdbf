// A rule:   [@@] pattern [$ modifier, modifier=value, ~modifier ...]
//
// A pattern:  ||host^ ...        the beginning of a host or of one above it
//             |http://host/...   the beginning of a URL
//             /expression/       a regular expression
//             anything else      a part of a URL
// in which '^' is the end of a word and '*' is anything. With "##" or the like in it, it is a rule for parts of pages.

#include "categories/adblock_rules.h"

#include <algorithm>
#include <array>

#include "categories/host.h"

namespace breakwater::categories {
namespace {

constexpr std::string_view kParts = "a rule for parts of pages";
constexpr std::string_view kPages = "a rule for some pages or kinds of content";
constexpr std::string_view kGeneric = "a pattern for parts of URLs";
constexpr std::string_view kRegular = "a regular expression for parts of URLs";
constexpr std::string_view kDisables = "a rule that takes another back";
constexpr std::string_view kChanges = "a rule that changes pages or answers";
constexpr std::string_view kPartExcepted = "an exception for a part of a site";

constexpr std::string_view kSeparator = "([^a-z0-9_.%-]|$)";  // what '^' stands for

/// Modifiers of a rule that still holds for the whole host.
constexpr auto kNeutral = std::to_array<std::string_view>({"important", "document", "doc", "all", "match-case"});
constexpr auto kChanging = std::to_array<std::string_view>(
    {"removeparam", "queryprune", "redirect", "redirect-rule", "rewrite", "csp", "replace", "cookie", "dnsrewrite",
     "permissions", "removeheader", "urltransform", "uritransform", "jsonprune", "inline-script", "inline-font"});

/// Where a rule for parts of pages has its sign, or npos.
std::size_t find_page_sign(std::string_view text) {
  constexpr auto kSigns =
      std::to_array<std::string_view>({"##", "#@#", "#?#", "#@?#", "#$#", "#@$#", "#$?#", "#%#", "#@%#", "$$"});
  for (std::size_t at = text.find_first_of("#$"); at != std::string_view::npos; at = text.find_first_of("#$", at + 1))
    if (std::ranges::any_of(kSigns, [rest = text.substr(at)](auto sign) { return rest.starts_with(sign); })) return at;
  return std::string_view::npos;
}

bool is_comment(std::string_view text) {
  if (text.starts_with('!') || (text.starts_with('[') && text.ends_with(']'))) return true;
  // "####" is nobody's selector.
  return text.starts_with('#') && (find_page_sign(text) != 0 || text.starts_with("####"));
}

/// What the modifiers make of the rule: "" where it holds for the whole host.
std::string_view judge_modifiers(std::string_view modifiers) {
  std::string_view verdict;
  while (!modifiers.empty()) {
    const auto modifier = modifiers.substr(0, modifiers.find(','));
    modifiers.remove_prefix(std::min(modifiers.size(), modifier.size() + 1));
    const auto name = modifier.substr(0, modifier.find('='));
    if (name == "badfilter") return kDisables;
    if (std::ranges::find(kChanging, name) != kChanging.end()) {
      verdict = kChanges;
    } else if (verdict.empty() && std::ranges::find(kNeutral, name) == kNeutral.end()) {
      verdict = kPages;
    }
  }
  return verdict;
}

/// "host" and what follows it as an expression for the match text.
std::string make_expression(std::string_view host, std::string_view rest) {
  std::string expression = "^([^/]*\\.)?";
  append_literal(expression, host);
  // '^' after the host is met by the '/' that always follows there.
  if (rest.starts_with("^/")) rest.remove_prefix(1);
  if (rest.starts_with('^')) {
    expression += '/';
    rest.remove_prefix(1);
  }
  for (std::size_t i = 0; i < rest.size(); ++i) {
    const char c = rest[i];
    if (c == '*') {
      expression += ".*";
    } else if (c == '^') {
      expression += kSeparator;
    } else if (c == '|' && i + 1 == rest.size()) {
      expression += '$';
    } else {
      append_literal(expression, rest.substr(i, 1));
    }
  }
  return expression;
}

class Rule {
 public:
  Rule(EntrySink& sink, const Word& word, std::uint32_t number) : parser_(sink, number), whole_(word), pattern_(word) {}

  void read() {
    if (find_page_sign(whole_.text) != std::string_view::npos) return skip(kParts);
    if (pattern_.text.starts_with("@@")) {
      exception_ = true;
      pattern_ = pattern_.part(2);
    }
    if (is_regular_expression()) return skip(kRegular);
    if (const auto dollar = pattern_.text.rfind('$'); dollar != std::string_view::npos) {
      if (const auto what = judge_modifiers(pattern_.text.substr(dollar + 1)); !what.empty()) return skip(what);
      pattern_ = pattern_.part(0, dollar);
    }
    for (const std::string_view anchor : {"||", "|http://", "|https://"})
      if (pattern_.text.starts_with(anchor)) return anchored(pattern_.part(anchor.size()));
    unanchored();
  }

 private:
  void skip(std::string_view what) { parser_.skip(whole_, what); }

  bool is_regular_expression() const {
    const auto text = pattern_.text;
    return text.size() > 1 && text.starts_with('/') &&
           (text.ends_with('/') || text.find("/$") != std::string_view::npos);
  }

  void anchored(Word rule) {
    while (rule.text.ends_with('*'))
      rule.text.remove_suffix(1);
    auto text = rule.text;
    const auto end = std::min(text.find_first_of("^/?:|"), text.size());
    const auto host = rule.part(0, end);
    const auto rest = text.substr(end);
    if (host.text.ends_with('.')) return skip(kGeneric);  // "||ads.": the end is open
    if (rest.empty() || rest == "^" || rest == "^|" || rest == "/" || rest == "|" || rest == "/|") return whole(host);
    if (exception_) return skip(kPartExcepted);
    if (host.text.find('*') != std::string_view::npos || rest.front() == '|') return skip(kGeneric);
    if (rest.find_first_of("*^|") == std::string_view::npos) return parser_.url(rule);
    const auto named = normalise_host(host.text, HostSource::person);
    const bool printable = std::ranges::all_of(rest, [](char c) { return c > 0x20 && c < 0x7f; });
    if (!named || !printable || rest.front() == ':') return parser_.reject(whole_, "is not a rule for a host");
    if (parser_.reject_suffix(host, *named)) return;
    parser_.made_expression(make_expression(named->text(), to_lower(rest)));
  }

  void whole(const Word& host) {
    if (!exception_) return parser_.domain(host);
    const auto name = EntryParser::without_subdomain_sign(host.text);
    if (name.find('*') != std::string_view::npos) return skip(kGeneric);
    parser_.except({name, host.column});
  }

  /// A host by itself and a line of a hosts file are what lists for DNS have.
  void unanchored() {
    Words words{pattern_};
    const auto first = words.next_before_comment();
    if (!first) return skip(kGeneric);
    auto ahead = words;
    if (ahead.next_before_comment()) {
      if (!exception_ && EntryParser::parse_address(first->text)) return parser_.hosts_line(*first, words);
      return skip(kGeneric);
    }
    const auto name = EntryParser::without_subdomain_sign(first->text);
    const auto host = normalise_host(name, HostSource::person);
    if (!host || (!host->is_literal() && host->text().find('.') == std::string_view::npos) || name.front() == '-' ||
        name.front() == '_')
      return skip(kGeneric);
    whole(*first);
  }

  EntryParser parser_;
  Word whole_;
  Word pattern_;
  bool exception_ = false;
};

}  // namespace

void AdblockRules::line(std::string_view text, std::uint32_t number) {
  const auto word = Words{text}.rest();
  if (!word) return;
  if (word->text.starts_with("!#include ")) {
    Words words{word->part(9)};
    if (const auto file = words.rest()) sink_.include(file->text, number, file->column);
    return;
  }
  if (!is_comment(word->text)) Rule{sink_, *word, number}.read();
}

bool is_adblock_rule(std::string_view line) {
  return line.starts_with("||") || line.starts_with("@@") ||
         (!is_comment(line) && find_page_sign(line) != std::string_view::npos);
}

}  // namespace breakwater::categories
