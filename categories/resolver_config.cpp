#include "categories/resolver_config.h"

#include <algorithm>
#include <array>

namespace breakwater::categories {
namespace {

constexpr std::string_view kSetting = "a setting of the resolver";
constexpr std::string_view kForwarded = "a name that other servers answer";
constexpr std::string_view kLedElsewhere = "a name led to another public address";
constexpr std::string_view kTrueAnswer = "a zone that is answered as ever";

/// A name that is led there goes nowhere: into the machine itself, or to a page of the own network.
bool is_dead_end(std::string_view address) {
  const auto parsed = IpAddress::parse(address);
  return parsed && !is_public(*parsed);
}

bool is_comment(const Word& word) {
  return word.text.starts_with('#');
}

/// Without the quotes around it. Unbound takes both kinds.
Word unquoted(Word word) {
  for (const char quote : {'"', '\''})
    if (word.text.size() >= 2 && word.text.front() == quote && word.text.back() == quote)
      return word.part(1, word.text.size() - 2);
  return word;
}

/// A setting's value: what stands in quotes, or the next word; what follows is left in `rest`.
std::optional<Word> take_value(Word& rest) {
  const auto found = Words{rest}.rest();
  if (!found || is_comment(*found)) return std::nullopt;
  const char first = found->text.front();
  const auto end = first == '"' || first == '\'' ? found->text.find(first, 1) : found->text.find_first_of(" \t");
  const auto size = end == std::string_view::npos ? found->text.size() : end + (end > 0 && found->text[end] == first);
  rest = found->part(size);
  return unquoted(found->part(0, size));
}

/// "/a.com/b.com/TARGET" -> one after the other.
class SlashList {
 public:
  explicit SlashList(const Word& word) : domains_(word), target_(word) {
    const auto end = word.text.rfind('/');
    domains_ = word.part(1, end > 0 ? end - 1 : 0);
    target_ = word.part(end + 1);
  }
  const Word& target() const { return target_; }
  template <class Each>
  void each(Each&& take) const {
    for (std::size_t at = 0; at <= domains_.text.size();) {
      const auto end = std::min(domains_.text.find('/', at), domains_.text.size());
      take(domains_.part(at, end - at));
      at = end + 1;
    }
  }

 private:
  Word domains_;
  Word target_;
};

/// Types of zones that give no answer, an empty one, or one of the operator's own (unbound.conf(5), "local-zone").
constexpr auto kBlocking = std::to_array<std::string_view>(
    {"deny", "refuse", "static", "redirect", "inform_deny", "inform_redirect", "always_nxdomain", "always_refuse",
     "always_deny", "always_null", "always_nodata", "always_static", "block_a"});
constexpr auto kAnswering =
    std::to_array<std::string_view>({"transparent", "typetransparent", "inform", "nodefault", "noview", "ipset"});

}  // namespace

void DnsmasqConfig::line(std::string_view text, std::uint32_t number) {
  EntryParser parser{sink_, number};
  Words words{text};
  const auto setting = words.next();
  if (!setting || is_comment(*setting)) return;
  const auto sign = setting->text.find('=');
  if (sign == std::string_view::npos) return parser.skip(*setting, kSetting);
  const auto name = setting->text.substr(0, sign);
  const auto value = setting->part(sign + 1);
  if (name == "conf-file" && !value.text.empty()) return sink_.include(value.text, number, value.column);
  const bool is_address = name == "address";
  if (!is_address && name != "server" && name != "local") return parser.skip(*setting, kSetting);
  if (!value.text.starts_with('/') || value.text.size() < 3)
    return is_address ? parser.reject(value, "names no domain") : parser.skip(*setting, kSetting);

  const SlashList list{value};
  const auto target = list.target().text;
  const bool excepts = !is_address && target == "#";
  if (is_address && !target.empty() && target != "#" && !is_dead_end(target))
    return IpAddress::parse(target) ? parser.skip(*setting, kLedElsewhere)
                                    : parser.reject(list.target(), "is not an address");
  if (!is_address && !target.empty() && !excepts) return parser.skip(*setting, kForwarded);
  list.each([&](const Word& word) {
    if (word.text == "#") return parser.reject(word, "would cover every domain");
    const Word host{EntryParser::without_subdomain_sign(word.text), word.column};
    if (excepts) return parser.except(host);
    host.text.find('*') == std::string_view::npos ? parser.host(host) : parser.wildcard(host);
  });
}

void UnboundConfig::line(std::string_view text, std::uint32_t number) {
  EntryParser parser{sink_, number};
  Words words{text};
  const auto setting = words.next();
  if (!setting || is_comment(*setting)) return;
  const auto colon = setting->text.find(':');
  if (colon == std::string_view::npos) return parser.reject(*setting, "is not a setting: a name and a colon");
  const auto name = setting->text.substr(0, colon);
  auto rest = Word{text}.part(setting->column - 1 + colon + 1);
  const auto value = take_value(rest);
  if (!value) return;  // "server:", the head of a section
  if (name == "include") return sink_.include(value->text, number, value->column);

  if (name == "local-zone") {
    const auto type = take_value(rest);
    if (!type) return parser.reject(*value, "has no type of zone after it");
    const auto is = [&](const auto& types) { return std::ranges::find(types, type->text) != types.end(); };
    if (is(kBlocking)) return parser.host(*value);
    if (type->text == "always_transparent") return parser.except(*value);
    if (is(kAnswering)) return parser.skip(*setting, kTrueAnswer);
    return parser.reject(*type, "is not a type of zone");
  }
  if (name == "local-data") {
    Words record{*value};
    const auto owner = record.next();
    auto type = record.next();
    while (type && (is_digit(type->text.front()) || to_lower(type->text) == "in"))
      type = record.next();
    const auto data = record.next();
    if (!owner || !type || !data) return parser.reject(*value, "is not a record");
    const auto kind = to_lower(type->text);
    if (kind != "a" && kind != "aaaa") return parser.skip(*setting, kSetting);
    return is_dead_end(data->text) ? parser.host(*owner) : parser.skip(*setting, kLedElsewhere);
  }
  parser.skip(*setting, kSetting);
}

}  // namespace breakwater::categories
