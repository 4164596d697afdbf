// A record:  [owner] [TTL] [class] type data          owner ::= @ | relative | absolute.
//
// Owners of rules:  [*.]NAME                                  a question for NAME
//                   PREFIX.B4.B3.B2.B1.rpz-ip                 an answer with an address of B1.B2.B3.B4/PREFIX
//                   PREFIX.W8...W1.rpz-ip                     the same for IPv6; one "zz" for a run of zeros
//                   ....rpz-nsdname, rpz-nsip, rpz-client-ip  name servers and clients

#include "categories/rpz_zone.h"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

namespace breakwater::categories {
namespace {

constexpr std::size_t kMaxRecord = 8192;  // of all its lines
constexpr std::size_t kMaxLabels = 10;    // a prefix, eight groups of IPv6, the kind of the rule

constexpr std::string_view kServers = "a rule about name servers or clients";
constexpr std::string_view kOther = "a record that is no rule for hosts";
constexpr std::string_view kNetworkExcepted = "an exception for a network";

bool is_ttl(std::string_view text) {
  return is_digit(text.front()) && std::ranges::all_of(text, [](char c) {
           return is_digit(c) || std::string_view{"smhdwSMHDW"}.find(c) != std::string_view::npos;
         });
}
bool is_class(std::string_view lower) {
  return lower == "in" || lower == "ch" || lower == "hs" || lower == "cs";
}

/// "name." below "zone." without it and its dot; nullopt where it is not below.
std::optional<std::string_view> below(std::string_view name, std::string_view zone) {
  if (zone == ".") return name.substr(0, name.size() - 1);
  if (name == zone) return std::string_view{};
  if (!name.ends_with(zone) || name[name.size() - zone.size() - 1] != '.') return std::nullopt;
  return name.substr(0, name.size() - zone.size() - 1);
}

/// "24.0.2.0.192" -> "192.0.2.0/24"; "" where it is neither that nor the like of IPv6.
std::string network_text(std::string_view owner) {
  std::vector<std::string_view> labels;
  while (!owner.empty() && labels.size() < kMaxLabels) {
    labels.push_back(owner.substr(0, owner.find('.')));
    owner.remove_prefix(std::min(owner.size(), labels.back().size() + 1));
  }
  if (!owner.empty() || labels.size() < 3) return {};
  const bool v4 = labels.size() == 5 && std::ranges::find(labels, "zz") == labels.end();
  std::string text;
  for (auto at = labels.rbegin(); at + 1 != labels.rend(); ++at) {
    if (*at == "zz") {
      text += text.empty() ? "::" : ":";
      continue;
    }
    text.append(*at);
    if (at + 2 != labels.rend()) text += v4 ? '.' : ':';
  }
  return text.append("/").append(labels.front());
}

}  // namespace

/// One record, with its owner relative to the zone.
class RpzZone::Record {
 public:
  Record(EntrySink& sink, std::uint32_t number, const Word& owner, std::string_view name)
      : parser_(sink, number), owner_(owner), name_(name) {}

  void read(const Word& type, Words& words) {
    const auto kind = to_lower(type.text);
    const auto target = words.next();
    if (kind == "soa" || (kind == "ns" && name_.empty())) return;
    if (kind != "cname" && kind != "a" && kind != "aaaa") return parser_.skip(type, kOther);
    if (!target) return parser_.reject(type, "has nothing after it");
    if (name_.empty()) return parser_.skip(type, kOther);
    const auto action = kind == "cname" ? to_lower(target->text) : "";
    if (action == "rpz-passthru" || action == "rpz-drop" || action == "rpz-tcp-only")
      return parser_.reject(*target, "needs a dot at its end");
    if (action == "rpz-tcp-only.") return parser_.skip(type, kOther);
    const auto itself = name_ + '.';  // the old form of rpz-passthru
    rule(action == "rpz-passthru." || action == itself);
  }

 private:
  void rule(bool passes) {
    const auto dot = name_.rfind('.');
    const auto last = name_.substr(dot + 1);
    if (last == "rpz-nsdname" || last == "rpz-nsip" || last == "rpz-client-ip") return parser_.skip(owner_, kServers);
    if (last == "rpz-ip") {
      const auto network = network_text(std::string_view{name_}.substr(0, dot == std::string::npos ? 0 : dot));
      if (network.empty()) return parser_.reject(owner_, "is not an address of the form PREFIX.reversed.rpz-ip");
      if (passes) return parser_.skip(owner_, kNetworkExcepted);
      return parser_.network({network, owner_.column});
    }
    const Word host{EntryParser::without_subdomain_sign(name_), owner_.column};
    passes ? parser_.except(host) : parser_.host(host);
  }

  EntryParser parser_;
  Word owner_;
  std::string name_;
};

void RpzZone::line(std::string_view text, std::uint32_t number) {
  // A ';' begins a comment wherever it stands outside quotes; parentheses make lines into one.
  bool quoted = false;
  const auto depth = depth_;
  std::size_t end = 0;
  for (; end < text.size(); ++end) {
    const char c = text[end];
    if (c == '"') quoted = !quoted;
    if (quoted) continue;
    if (c == ';') break;
    if (c == '(') ++depth_;
    if (c == ')' && depth_ > 0) --depth_;
  }
  text = text.substr(0, end);
  if (depth == 0 && depth_ == 0) return record(text, number);
  if (depth == 0) {
    joined_.clear();
    first_ = number;
  }
  joined_.append(text).append(" ");
  if (joined_.size() > kMaxRecord) {
    sink_.reject(number, 1, "the parenthesis of line " + std::to_string(first_) + " does not close");
    depth_ = 0;
  } else if (depth_ == 0) {
    std::ranges::replace_if(
        joined_, [](char c) { return c == '(' || c == ')'; }, ' ');
    record(joined_, number);
  }
}

void RpzZone::finish() {
  if (depth_ > 0) sink_.reject(first_, 1, "the parenthesis does not close");
}

void RpzZone::record(std::string_view text, std::uint32_t number) {
  Words words{text};
  auto word = words.next();
  if (!word) return;
  if (word->text.starts_with('$')) return directive(*word, words, number);
  EntryParser parser{sink_, number};
  Word owner{owner_, 1};
  if (!is_blank(text.front())) {
    owner = *word;
    owner_ = to_lower(word->text);
    if (owner_ == "@") owner_ = origin_;
    // Names without a dot at their end are below the origin.
    if (!owner_.empty() && !owner_.ends_with('.') && !origin_.empty())
      owner_.append(origin_ == "." ? "" : ".").append(origin_);
    word = words.next();
  }
  while (word && (is_ttl(word->text) || is_class(to_lower(word->text))))
    word = words.next();
  if (!word) return parser.reject(owner, "is a name without a record");

  if (to_lower(word->text) == "soa" && zone_.empty() && owner_.ends_with('.')) {
    zone_ = owner_;
    if (origin_.empty()) origin_ = owner_;
  }
  const auto& zone = zone_.empty() ? origin_ : zone_;
  std::string_view name = owner_;
  if (name.ends_with('.')) {
    if (zone.empty()) return parser.reject(owner, "is absolute, and neither $ORIGIN nor SOA says the zone's name");
    const auto relative = below(name, zone);
    if (!relative) return parser.reject(owner, "is not below the zone " + quote(zone));
    name = *relative;
  }
  Record{sink_, number, owner, name}.read(*word, words);
}

void RpzZone::directive(const Word& name, Words& words, std::uint32_t number) {
  EntryParser parser{sink_, number};
  const auto value = words.next();
  const auto lower = to_lower(name.text);
  if (lower == "$ttl") return;
  if (!value) return parser.reject(name, "has nothing after it");
  if (lower == "$include") return sink_.include(value->text, number, value->column);
  if (lower != "$origin") return parser.skip(name, kOther);
  auto origin = to_lower(value->text);
  if (!origin.ends_with('.')) {
    if (origin_.empty()) return parser.reject(*value, "needs a dot at its end");
    origin.append(origin_ == "." ? "." : '.' + origin_);
  }
  origin_ = std::move(origin);
}

}  // namespace breakwater::categories
