#pragma once

#include <string>
#include <string_view>

namespace breakwater::wire {

/// Appends text as it may stand in HTML, between tags and within an attribute in either kind of quotes.
inline void append_html(std::string& out, std::string_view text) {
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
}

}  // namespace breakwater::wire
