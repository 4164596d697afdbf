#include "categories/words.h"

namespace breakwater::categories {
namespace {

constexpr std::size_t kQuoted = 80;  // as much of a bad word as a message repeats

}  // namespace

Word Words::word(std::size_t begin, std::size_t end) const {
  return {line_.substr(begin, end - begin), first_column_ + static_cast<std::uint32_t>(begin)};
}

std::optional<Word> Words::next() {
  while (at_ < line_.size() && is_blank(line_[at_]))
    ++at_;
  if (at_ == line_.size()) return std::nullopt;
  const auto begin = at_;
  while (at_ < line_.size() && !is_blank(line_[at_]))
    ++at_;
  return word(begin, at_);
}

std::optional<Word> Words::next_before_comment() {
  auto found = next();
  if (!found) return std::nullopt;
  const auto begin = at_ - found->text.size();
  const auto first = found->text.front();
  const auto sign = first == '!' || first == ';' ? 0 : found->text.find('#');
  if (sign == std::string_view::npos) return found;
  comment_ = word(begin + sign + 1, line_.size());
  at_ = line_.size();
  if (sign == 0) return std::nullopt;
  return found->part(0, sign);
}

std::optional<Word> Words::rest() {
  const auto first = next();
  if (!first) return std::nullopt;
  const auto begin = at_ - first->text.size();
  auto end = line_.size();
  while (is_blank(line_[end - 1]))
    --end;
  at_ = line_.size();
  return word(begin, end);
}

std::string to_lower(std::string_view text) {
  std::string lower{text};
  for (char& c : lower)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return lower;
}

std::string quote(std::string_view word) {
  std::string quoted = "\"";
  for (const char c : word.substr(0, kQuoted))
    quoted += c >= 0x20 && c < 0x7f ? c : '?';
  return quoted += word.size() > kQuoted ? "...\"" : "\"";
}

}  // namespace breakwater::categories
