#include "categories/expression_cost.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>
#include <vector>

namespace breakwater::categories {
namespace {

constexpr std::size_t kMaxDepth = 64;  ///< of groups

/// The most of `{n}`, `{n,}` or `{n,m}` at the head of `text`, which then begins behind it; nullopt: no repeat.
std::optional<std::uint64_t> take_repeat(std::string_view& text) {
  const auto end = text.find('}');
  if (!text.starts_with('{') || end == std::string_view::npos) return std::nullopt;
  std::uint64_t most = 0;
  auto inside = text.substr(1, end - 1);
  while (!inside.empty()) {
    std::uint64_t number = 0;
    const auto comma = std::min(inside.find(','), inside.size());
    const auto digits = inside.substr(0, comma);
    const auto [stop, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (!digits.empty() && (error != std::errc() || stop != digits.data() + digits.size())) {
      if (error != std::errc::result_out_of_range) return std::nullopt;
      number = kEndlessRepeats;
    }
    most = std::max(most, std::min(number, kEndlessRepeats));
    inside.remove_prefix(std::min(comma + 1, inside.size()));
  }
  text.remove_prefix(end + 1);
  return std::max<std::uint64_t>(most, 1);
}

/// Skips "[...]" or an escaped character or a plain one.
void take_atom(std::string_view& text) {
  std::size_t length = 1;
  if (text.starts_with('\\')) {
    length = 2;
  } else if (text.starts_with('[')) {
    length = text.starts_with("[^") ? 2 : 1;
    if (length < text.size() && text[length] == ']') ++length;
    while (length < text.size() && text[length] != ']')
      length += text[length] == '\\' ? 2u : 1u;
    ++length;
  }
  text.remove_prefix(std::min(length, text.size()));
}

}  // namespace

std::uint64_t unrolled_repeats(std::string_view text) {
  std::vector<std::uint64_t> groups{0};  // length of each open group so far, unrolled
  std::uint64_t atom = 0;                // length of what a repeat would multiply
  const auto length = text.size();
  while (!text.empty()) {
    if (text.front() == '(') {
      if (groups.size() == kMaxDepth) return kEndlessRepeats;
      groups.push_back(0);
      atom = 0;
      text.remove_prefix(1);
    } else if (text.front() == ')' && groups.size() > 1) {
      atom = groups.back();
      groups.pop_back();
      groups.back() += atom;
      text.remove_prefix(1);
    } else if (const auto repeat = take_repeat(text)) {
      groups.back() += atom * (*repeat - 1);
      atom *= *repeat;
    } else {
      take_atom(text);
      atom = 1;
      ++groups.back();
    }
    if (groups.back() >= kEndlessRepeats) return kEndlessRepeats;
  }
  for (const auto group : groups)
    if (group > length) return std::min(group - length, kEndlessRepeats);
  return 0;
}

}  // namespace breakwater::categories
