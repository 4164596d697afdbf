#include "rules/toml_screen.h"

#include <algorithm>

namespace breakwater::rules {
namespace {

/// Knows strings and comments from the rest, as far as the text is TOML; behind its first mistake the parser does not
/// go.
class Screen {
 public:
  explicit Screen(std::string_view text) : text_(text) {}

  std::optional<Place> run() {
    std::size_t dots = 0;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '#') {
        at_ = std::min(text_.find('\n', at_), text_.size());
        continue;
      }
      if (c == '"' || c == '\'') {
        string(c);
        continue;
      }
      // Outside of strings and comments a dot stands in keys and numbers only.
      if (c == '.') {
        if (++dots == kMaxKeyParts) return place();
      } else if (std::string_view("=,[]{}\n").find(c) != std::string_view::npos) {
        dots = 0;
      }
      ++at_;
    }
    return std::nullopt;
  }

 private:
  void string(char quote) {
    const bool multi_line = is_triple(quote);
    at_ += multi_line ? 3 : 1;
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c == '\\' && quote == '"') {
        ++at_;
      } else if (c == quote && (!multi_line || is_triple(quote))) {
        at_ += multi_line ? 3 : 1;
        return;
      } else if (c == '\n' && !multi_line) {
        return;
      }
    }
  }

  bool is_triple(char quote) const {
    return at_ + 2 < text_.size() && text_[at_] == quote && text_[at_ + 1] == quote && text_[at_ + 2] == quote;
  }

  Place place() const {
    const auto before = text_.substr(0, at_);
    const auto line = std::count(before.begin(), before.end(), '\n') + 1;
    const auto in_line = before.substr(before.rfind('\n') + 1);  // npos + 1 is 0
    const auto is_first = [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; };
    const auto column = std::count_if(in_line.begin(), in_line.end(), is_first) + 1;
    return {static_cast<std::uint32_t>(line), static_cast<std::uint32_t>(column)};
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

std::optional<Place> find_deep_key(std::string_view text) {
  return Screen(text).run();
}

}  // namespace breakwater::rules
