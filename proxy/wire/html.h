#pragma once

#include <string>
#include <string_view>

#include "proxy/wire/byte_set.h"

namespace breakwater::wire {

/// What stands for itself in HTML, between tags and within an attribute in either kind of quotes.
inline constexpr ByteSet kPlainInHtml =
    ByteSet::of([](unsigned char c) { return c != '&' && c != '<' && c != '>' && c != '"' && c != '\''; });

/// Appends text as it may stand in HTML, wherever kPlainInHtml may.
inline void append_html(std::string& out, std::string_view text) {
  const auto escape = [](char c) -> std::string_view {
    switch (c) {
      case '&':
        return "&amp;";
      case '<':
        return "&lt;";
      case '>':
        return "&gt;";
      case '"':
        return "&quot;";
      default:
        return "&#39;";
    }
  };
  for (;;) {
    const auto run = kPlainInHtml.run_length(text);
    out.append(text.substr(0, run));
    if (run == text.size()) return;
    out.append(escape(text[run]));
    text.remove_prefix(run + 1);
  }
}

}  // namespace breakwater::wire
