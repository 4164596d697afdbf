#include "categories/format_detector.h"

#include <algorithm>
#include <array>
#include <optional>

#include "categories/adblock_rules.h"
#include "categories/e2guardian_list.h"

namespace breakwater::categories {
namespace {

constexpr std::size_t kFormats = static_cast<std::size_t>(ListFormat::v2fly) + 1;

bool begins_with_any(std::string_view line, const auto& starts) {
  return std::ranges::any_of(starts, [line](std::string_view start) { return line.starts_with(start); });
}

/// What the words of a line say.
ListFormat judge_words(const Word& first, Words& words) {
  const auto second = words.next_before_comment();
  if (second && EntryParser::parse_address(first.text)) return ListFormat::hosts;
  if (second && (second->text.starts_with('@') || second->text.starts_with('&'))) return ListFormat::v2fly;
  for (auto word = second; word; word = words.next_before_comment())
    if (const auto type = to_lower(word->text); type == "cname" || type == "soa") return ListFormat::rpz;
  if (IpAddress::parse(first.text.substr(0, first.text.find('/')))) return ListFormat::addresses;
  return first.text.find('/') != std::string_view::npos ? ListFormat::urls : ListFormat::domains;
}

/// What one line says of its list; nullopt: nothing.
std::optional<ListFormat> judge_line(std::string_view line) {
  constexpr auto kDnsmasq =
      std::to_array<std::string_view>({"address=/", "server=/", "local=/", "ipset=/", "nftset=/"});
  constexpr auto kUnbound = std::to_array<std::string_view>({"server:", "local-zone:", "local-data:"});
  constexpr auto kE2guardian = std::to_array<std::string_view>({".Include<", ".Define", "#listcategory:", "#time:"});
  constexpr auto kV2fly = std::to_array<std::string_view>({"domain:", "full:", "keyword:", "regexp:", "include:"});
  const auto whole = Words{line}.rest();
  if (!whole) return std::nullopt;
  const auto text = whole->text;
  if (begins_with_any(text, kE2guardian)) return ListFormat::e2guardian;
  if (is_adblock_rule(text) || text.starts_with("[Adblock")) return ListFormat::adblock;
  Words words{line};
  const auto first = words.next_before_comment();
  if (!first) return std::nullopt;
  if (text.starts_with("$TTL") || text.starts_with("$ORIGIN")) return ListFormat::rpz;
  if (begins_with_any(text, kDnsmasq)) return ListFormat::dnsmasq;
  if (begins_with_any(text, kUnbound)) return ListFormat::unbound;
  if (begins_with_any(text, kV2fly)) return ListFormat::v2fly;
  return judge_words(*first, words);
}

}  // namespace

ListFormat detect_format(std::string_view head, std::string_view file_name) {
  if (e2guardian_kind(file_name)) return ListFormat::e2guardian;
  if (file_name.ends_with(".rpz")) return ListFormat::rpz;
  std::array<std::size_t, kFormats> votes{};
  std::size_t lines = 0;
  while (!head.empty()) {
    const auto end = std::min(head.find('\n'), head.size());
    if (const auto format = judge_line(head.substr(0, end))) {
      ++votes[static_cast<std::size_t>(*format)];
      ++lines;
    }
    head.remove_prefix(std::min(end + 1, head.size()));
  }
  // In these, most lines may be plain hosts; what tells them stands in no other list.
  for (const auto format : {ListFormat::e2guardian, ListFormat::v2fly})
    if (votes[static_cast<std::size_t>(format)] > 0) return format;
  const auto* const most = std::ranges::max_element(votes);
  if (*most * 2 < lines || *most == 0) return ListFormat::domains;
  return static_cast<ListFormat>(most - votes.begin());
}

bool is_plain(ListFormat format) {
  return format == ListFormat::domains || format == ListFormat::hosts || format == ListFormat::urls ||
         format == ListFormat::addresses;
}

}  // namespace breakwater::categories
