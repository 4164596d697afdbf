#include "proxy/safeguarding/attempt.h"

#include <algorithm>

#include <fmt/format.h>

#include "proxy/wire/utf8.h"

namespace breakwater::safeguarding {
namespace {

struct Range {
  char32_t first, last;
};

/// What makes a line, a cell or a mail show something else than it holds: C1 controls (U+009B begins an escape sequence
/// of a terminal), what changes the direction (Unicode Technical Report 36, 2.5), separators of lines, and what is not
/// seen and no script needs.
constexpr auto kUnseen = std::to_array<Range>({{0x80, 0x9F},
                                               {0xAD, 0xAD},
                                               {0x61C, 0x61C},
                                               {0x180E, 0x180E},
                                               {0x200B, 0x200B},
                                               {0x200E, 0x200F},
                                               {0x2028, 0x202E},
                                               {0x2060, 0x206F},
                                               {0xFEFF, 0xFEFF},
                                               {0xFFF9, 0xFFFB},
                                               {0xE0000, 0xE0FFF}});

char32_t code_point(std::string_view sequence) {
  constexpr unsigned kTail = 0x3F;
  const auto byte = [sequence](std::size_t at) {
    return static_cast<unsigned>(static_cast<unsigned char>(sequence[at]));
  };
  char32_t code = sequence.size() == 1 ? byte(0) : byte(0) & (0xFFU >> (sequence.size() + 1));
  for (std::size_t at = 1; at < sequence.size(); ++at)
    code = code << 6U | (byte(at) & kTail);
  return code;
}

/// \u{202E} for each of them.
std::string with_unseen_shown(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const auto length = std::max<std::size_t>(wire::utf8_length(text), 1);
    const auto sequence = text.substr(0, length);
    const auto code = code_point(sequence);
    const bool is_unseen = length > 1 && std::ranges::any_of(kUnseen, [code](const Range& range) {
                             return range.first <= code && code <= range.last;
                           });
    if (is_unseen)
      out += fmt::format("\\u{{{:X}}}", static_cast<std::uint32_t>(code));
    else
      out += sequence;
    text.remove_prefix(length);
  }
  return out;
}

}  // namespace

std::string clean_text(std::string_view text) {
  constexpr std::size_t kMaxFieldBytes = 4096;  // a URL of a browser is shorter; a hostile one must not fill the disk
  return wire::clean_text(with_unseen_shown(wire::utf8_prefix(text, kMaxFieldBytes + 4)), kMaxFieldBytes);
}

}  // namespace breakwater::safeguarding
