#include "rules/diagnostic_sink.h"

#include <algorithm>

namespace breakwater::rules {
namespace {

/// Walks a text forward and turns columns in characters into columns in bytes.
class ColumnWalk {
 public:
  explicit ColumnWalk(std::string_view text) : text_(text) {}

  /// `place` may not lie before the one asked for last. What lies behind the end of its line is moved there.
  std::uint32_t bytes(Place place) {
    for (; line_ < place.line; ++line_, line_start_ = at_, column_ = 1) {
      const auto newline = text_.find('\n', at_);
      if (newline == std::string_view::npos) return place.column;
      at_ = newline + 1;
    }
    for (; column_ < place.column && at_ < text_.size() && text_[at_] != '\n'; ++column_)
      for (++at_; at_ < text_.size() && is_continuation(text_[at_]);)
        ++at_;
    return static_cast<std::uint32_t>(at_ - line_start_) + 1;
  }

 private:
  static bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t line_start_ = 0;
  std::uint32_t line_ = 1;
  std::uint32_t column_ = 1;
};

}  // namespace

DiagnosticSink::DiagnosticSink(std::string file, std::string_view text) : file_(std::move(file)), text_(text) {
  constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
  if (text_.starts_with(kByteOrderMark)) text_.remove_prefix(kByteOrderMark.size());
}

void DiagnosticSink::add(categories::Severity severity, Place place, std::string message) {
  errors_ |= severity == categories::Severity::error;
  const auto number = count_++;
  if (!would_keep(place)) return;
  heap_.push_back({place, number, severity, std::move(message)});
  std::push_heap(heap_.begin(), heap_.end());
  if (heap_.size() <= kKept) return;
  std::pop_heap(heap_.begin(), heap_.end());
  heap_.pop_back();
}

std::string DiagnosticSink::nearest_of(std::string_view word, const std::vector<std::string_view>& candidates) {
  const auto best = categories::nearest(word, candidates);
  return best.empty() ? "" : "; did you mean " + in_quotes(best) + "?";
}

void DiagnosticSink::move_to(categories::Diagnostics& out) {
  std::sort_heap(heap_.begin(), heap_.end());
  ColumnWalk walk(text_);
  for (auto& entry : heap_) {
    const bool as_it_is = text_.empty() || entry.place.line == 0;
    const auto column = as_it_is ? entry.place.column : walk.bytes(entry.place);
    out.push_back({entry.severity, file_, entry.place.line, column, std::move(entry.message)});
  }
  if (const auto rest = count_ - heap_.size(); rest != 0) {
    out.push_back({errors_ ? categories::Severity::error : categories::Severity::warning, file_, 0, 0,
                   "and " + std::to_string(rest) + " more"});
  }
  heap_.clear();
  count_ = 0;
  errors_ = false;
}

std::string in_quotes(std::string_view text) {
  constexpr std::size_t kShown = 80;
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string out = "\"";
  for (const char c : text.substr(0, kShown)) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte != 0x7f) {
      out += c;
    } else {
      out += "\\x";
      out += kHex[byte >> 4U];
      out += kHex[byte & 0xfU];
    }
  }
  if (text.size() > kShown) {
    while (!out.empty() && (static_cast<unsigned char>(out.back()) & 0xc0) == 0x80)
      out.pop_back();  // not within a character
    if (static_cast<unsigned char>(out.back()) >= 0x80) out.pop_back();
    out += "...";
  }
  return out + '"';
}

bool has_control_character(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7f;
  });
}

}  // namespace breakwater::rules
