#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "proxy/wire/byte_set.h"

namespace breakwater::wire {

inline constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  ///< U+FFFD

/// Length of the well-formed UTF-8 sequence at the front of `text`, 1 to 4 (Unicode 15, table 3-7: no overlong form, no
/// surrogate, nothing over U+10FFFF); 0 where there is none.
constexpr std::size_t utf8_length(std::string_view text) {
  const auto byte = [text](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  if (text.empty()) return 0;
  const std::uint8_t lead = byte(0);
  if (lead < 0x80) return 1;
  if (lead < 0xC2 || lead > 0xF4) return 0;
  const std::size_t length = lead < 0xE0 ? 2U : lead < 0xF0 ? 3U : 4U;
  if (text.size() < length) return 0;
  const std::uint8_t lowest = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
  const std::uint8_t highest = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
  if (byte(1) < lowest || byte(1) > highest) return 0;
  for (std::size_t i = 2; i < length; ++i)
    if (byte(i) < 0x80 || byte(i) > 0xBF) return 0;
  return length;
}

/// The front of `text`, at most `limit` bytes, that does not end inside a character.
constexpr std::string_view utf8_prefix(std::string_view text, std::size_t limit) {
  if (text.size() <= limit) return text;
  constexpr std::size_t kLongestTail = 3;
  std::size_t end = limit;
  while (end > 0 && limit - end < kLongestTail && (static_cast<std::uint8_t>(text[end]) & 0xC0) == 0x80)
    --end;
  return text.substr(0, end);
}

inline constexpr std::string_view kCutMarker = "\xE2\x80\xA6[cut]";  ///< an ellipsis first

inline constexpr ByteSet kPrintableAscii = ByteSet::of([](unsigned char c) { return c >= 0x20 && c < 0x7F; });

/// Text that clean_text() leaves as it is, as nearly all does: told without a copy, and without a look at UTF-8.
constexpr bool is_clean(std::string_view text, std::size_t limit) {
  return text.size() <= limit && kPrintableAscii.contains_all(text);
}

/// Text from outside as it may be kept: valid UTF-8 (bytes that are not become U+FFFD), control characters and DEL as
/// \xNN, at most `limit` bytes with kCutMarker at the end where something is missing. Clean text comes back as it is.
inline std::string clean_text(std::string_view text, std::size_t limit) {
  if (is_clean(text, limit)) return std::string(text);
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  out.reserve(std::min(text.size(), limit));
  std::size_t cut = 0;  // the longest result that leaves room for the marker
  const auto append = [&](std::string_view piece) {
    if (out.size() + piece.size() > limit) return false;
    out += piece;
    if (out.size() + kCutMarker.size() <= limit) cut = out.size();
    return true;
  };
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    const auto byte = static_cast<std::uint8_t>(text.front());
    bool fits = true;
    if (length == 0) {
      fits = append(kReplacement);
    } else if (byte < 0x20 || byte == 0x7F) {
      const std::array escape{'\\', 'x', kHex[byte >> 4U], kHex[byte & 15U]};
      fits = append({escape.data(), escape.size()});
    } else {
      fits = append(text.substr(0, length));
    }
    if (!fits) {
      out.resize(cut);
      out += kCutMarker.substr(0, limit - cut);
      break;
    }
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return out;
}

}  // namespace breakwater::wire
