#include "categories/entry_parser.h"

#include <algorithm>
#include <array>
#include <optional>

#include "categories/keyword.h"
#include "categories/url.h"

namespace breakwater::categories {
namespace {

constexpr std::size_t kQuoted = 80;  // as much of a bad word as a message repeats
constexpr std::size_t kMaxWildcard = 253;
constexpr std::size_t kMaxUrl = 8192;  // escaped; Hyperscan takes 16,000 bytes

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v';
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_alphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || is_digit(c);
}
std::string to_lower(std::string_view text) {
  std::string lower{text};
  for (char& c : lower)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return lower;
}

/// With or without a zone: "fe80::1%lo0".
std::optional<IpAddress> parse_address(std::string_view text) {
  return IpAddress::parse(text.substr(0, text.find('%')));
}

/// ".example.com" and "*.example.com" are ways to say that subdomains are meant, as they always are here.
std::string_view without_subdomain_sign(std::string_view text) {
  if (text.starts_with("*.")) text.remove_prefix(1);
  if (text.starts_with('.')) text.remove_prefix(1);
  return text;
}

/// A bad word in a message: short, and with nothing that could play tricks on a terminal or a log.
std::string quote(std::string_view word) {
  std::string quoted = "\"";
  for (const char c : word.substr(0, kQuoted))
    quoted += c >= 0x20 && c < 0x7f ? c : '?';
  return quoted + (word.size() > kQuoted ? "...\"" : "\"");
}

/// A word of a line and where it stands.
struct Word {
  std::string_view text;
  std::uint32_t column = 0;
};

/// Cuts a line into words.
class Words {
 public:
  explicit Words(std::string_view line) : line_(line) {}

  std::optional<Word> next() {
    while (at_ < line_.size() && is_blank(line_[at_]))
      ++at_;
    if (at_ == line_.size()) return std::nullopt;
    const auto begin = at_;
    while (at_ < line_.size() && !is_blank(line_[at_]))
      ++at_;
    return Word{line_.substr(begin, at_ - begin), static_cast<std::uint32_t>(begin + 1)};
  }

  /// As next(), but a word that begins with a comment sign ends the line, and so does a '#' within a word: neither a
  /// host nor what a proxy sees of a URL has one.
  std::optional<Word> next_before_comment() {
    auto word = next();
    if (!word || word->text.starts_with('!') || word->text.starts_with(';') || word->text.starts_with('#')) {
      at_ = line_.size();
      return std::nullopt;
    }
    if (const auto hash = word->text.find('#'); hash != std::string_view::npos) {
      word->text = word->text.substr(0, hash);
      at_ = line_.size();
    }
    return word;
  }

  /// What is left of the line as one word.
  std::optional<Word> rest() {
    const auto first = next();
    if (!first) return std::nullopt;
    auto text = line_.substr(first->column - 1);
    while (is_blank(text.back()))
      text.remove_suffix(1);
    return Word{text, first->column};
  }

 private:
  std::string_view line_;
  std::size_t at_ = 0;
};

class Parser {
 public:
  Parser(EntrySink& sink, std::uint32_t line) : sink_(sink), line_(line) {}

  /// One host, with all that may stand before it in lists of domains.
  void domain(Word word) {
    if (const auto slash = word.text.find('/'); slash != std::string_view::npos) {
      const auto prefix = word.text.substr(slash + 1);
      if (parse_address(word.text.substr(0, slash)) && prefix.size() <= 3 &&
          std::all_of(prefix.begin(), prefix.end(), is_digit))
        return reject(word, "is a range of addresses, which a list of domains cannot hold");
      return url(word);
    }
    word.text = without_subdomain_sign(word.text);
    if (word.text.find('*') != std::string_view::npos) return wildcard(word);
    const auto host = normalise_host(word.text, HostSource::person);
    if (!host) return reject(word, "is not taken: " + std::string{to_string(host.error())});
    listed_host(word, *host);
  }

  void url(const Word& word) {
    auto text = word.text;
    if (const auto scheme = text.find("://"); scheme < text.find_first_of("/?#")) {
      const auto name = to_lower(text.substr(0, scheme));
      if (name != "http" && name != "https") return reject(word, "is not an http or https URL");
      text.remove_prefix(scheme + 3);
    }
    text = without_subdomain_sign(text);
    const auto path_begin = std::min(text.find_first_of("/?#"), text.size());
    const auto authority = parse_authority(text.substr(0, path_begin), HostSource::person);
    if (!authority) return reject(word, "is not taken: " + std::string{to_string(authority.error())});
    const auto path = escape_non_ascii(text.substr(path_begin));
    if (!std::all_of(path.begin(), path.end(), [](char c) { return c > 0x20 && c < 0x7f; }))
      return reject(word, "has a character that no URL has");

    std::string match_text;
    append_match_text(match_text, authority->host, path);
    if (match_text.size() == authority->host.text().size() + 1) return listed_host(word, authority->host);
    if (covers_top_level(authority->host)) return reject(word, kTopLevel);
    if (match_text.size() > kMaxUrl) return reject(word, "is too long for a URL");
    sink_.pattern(EntryKind::url, match_text, line_);
  }

  void hosts_line(const Word& address, Words& words) {
    if (!parse_address(address.text)) return reject(address, "is not an address");
    std::size_t names = 0;
    for (auto word = words.next_before_comment(); word; word = words.next_before_comment(), ++names)
      if (!is_own_name(word->text)) domain(*word);
    if (names == 0 && !is_own_address(address.text)) reject(address, "has no name after it");
  }

  void expression(const Word& word) {
    if (std::any_of(word.text.begin(), word.text.end(), [](char c) { return c >= 0 && c < 0x20; }))
      return reject(word, "has a control character");
    sink_.pattern(EntryKind::expression, word.text, line_);
  }

  /// A word or a phrase: all up to the comment.
  void keyword(const Word& first, Words& words, std::string_view language) {
    std::string phrase{first.text};
    for (auto word = words.next_before_comment(); word; word = words.next_before_comment())
      phrase.append(1, ' ').append(word->text);
    const auto keyword = normalise_keyword(phrase, language);
    if (!keyword) return reject({phrase, first.column}, to_string(keyword.error()));
    sink_.pattern(EntryKind::keyword, *keyword, line_);
  }

  /// Names that hosts files give to the machine itself.
  static bool is_own_name(std::string_view name) {
    const auto lower = to_lower(name);
    return lower == "localhost" || lower == "localhost.localdomain" || lower == "local" || lower == "broadcasthost" ||
           lower.starts_with("ip6-") || is_own_address(name);
  }
  static bool is_own_address(std::string_view text) {
    return text == "0.0.0.0" || text == "127.0.0.1" || text == "::" || text == "::1";
  }

  void reject(const Word& word, std::string_view why) {
    sink_.reject(line_, word.column, quote(word.text) + ' ' + std::string{why});
  }

 private:
  static constexpr auto kTopLevel = "would cover a whole top-level domain";

  static bool covers_top_level(const Host& host) {
    return !host.is_literal() && host.text().find('.') == std::string_view::npos;
  }

  void listed_host(const Word& word, const Host& host) {
    if (covers_top_level(host)) return reject(word, kTopLevel);
    sink_.domain(host, line_);
  }

  /// Browsers send UTF-8 as escapes (RFC 3986 2.5).
  static std::string escape_non_ascii(std::string_view path) {
    constexpr std::string_view kHex = "0123456789abcdef";
    std::string escaped;
    for (const char c : path) {
      const auto byte = static_cast<unsigned char>(c);
      if (byte < 0x80) {
        escaped += c;
      } else {
        escaped += {'%', kHex[byte >> 4], kHex[byte & 15]};
      }
    }
    return escaped;
  }

  /// '*' stands for any part of a host, dots included; subdomains are covered.
  void wildcard(const Word& word) {
    const auto name = to_lower(word.text);
    const auto allowed = [](char c) { return is_alphanumeric(c) || c == '-' || c == '_' || c == '.' || c == '*'; };
    if (name.size() > kMaxWildcard || !std::all_of(name.begin(), name.end(), allowed) ||
        name.find("..") != std::string::npos)
      return reject(word, "is not a wildcard for hosts");
    if (name.find('.') == std::string::npos) return reject(word, kTopLevel);
    std::string expression = "^([^/]*\\.)?";
    char previous = 0;
    for (const char c : name) {
      if (c == '.') expression += "\\.";
      if (c == '*' && previous != '*') expression += "[^/]*";
      if (c != '.' && c != '*') expression += c;
      previous = c;
    }
    sink_.pattern(EntryKind::expression, expression + '/', line_);
  }

  EntrySink& sink_;
  std::uint32_t line_;
};

}  // namespace

void parse_entry(ListFormat format, std::string_view line, std::uint32_t number, EntrySink& sink,
                 std::string_view language) {
  Words words{line};
  Parser parser{sink, number};
  if (format == ListFormat::expressions) {
    const auto rest = words.rest();
    if (rest && !rest->text.starts_with('#')) parser.expression(*rest);
    return;
  }

  const auto first = words.next_before_comment();
  if (!first) return;
  auto ahead = words;
  const auto second = ahead.next_before_comment();
  if (format == ListFormat::automatic) {
    if (!second && Parser::is_own_address(first->text)) return;
    if (second && parse_address(first->text)) format = ListFormat::hosts;
  }
  if (format == ListFormat::hosts) return parser.hosts_line(*first, words);
  if (format == ListFormat::keywords) return parser.keyword(*first, words, language);
  if (second) return parser.reject(*second, "stands after the entry: one a line");
  if (format == ListFormat::urls) return parser.url(*first);
  parser.domain(*first);
}

}  // namespace breakwater::categories
