#include "proxy/wire/html.h"

#include <gtest/gtest.h>

namespace breakwater::wire {
namespace {

std::string html(std::string_view text) {
  std::string out = "before ";
  append_html(out, text);
  return out.substr(7);
}

TEST(Html, EscapesWhatIsMarkupAndNothingElse) {
  for (unsigned byte = 0; byte < 256; ++byte) {
    const char c = static_cast<char>(byte);
    const std::string_view special = c == '&'    ? "&amp;"
                                     : c == '<'  ? "&lt;"
                                     : c == '>'  ? "&gt;"
                                     : c == '"'  ? "&quot;"
                                     : c == '\'' ? "&#39;"
                                                 : "";
    EXPECT_EQ(html({&c, 1}), special.empty() ? std::string(1, c) : special) << byte;
    EXPECT_EQ(kPlainInHtml.contains(c), special.empty()) << byte;
  }
  EXPECT_EQ(html(""), "");
  EXPECT_EQ(html("a\xFF\xE2\x80&<>\"'"), "a\xFF\xE2\x80&amp;&lt;&gt;&quot;&#39;");
}

TEST(Html, FindsMarkupWhereverItStands) {
  for (std::size_t length = 1; length <= 70; ++length)
    for (std::size_t at = 0; at < length; ++at) {
      std::string text(length, 'x');
      text[at] = '<';
      ASSERT_EQ(html(text), std::string(at, 'x') + "&lt;" + std::string(length - at - 1, 'x'));
    }
}

}  // namespace
}  // namespace breakwater::wire
