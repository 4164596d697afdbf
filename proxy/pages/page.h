#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "proxy/pages/block_page.h"
#include "proxy/pages/words.h"

namespace breakwater::pages {

/// A page in the making: one frame, one style, and every text escaped.
class Page {
 public:
  /// All up to the content of <main>. `style` comes after the common one.
  Page& begin(Kind kind, std::string_view title, std::string_view centre, Language language,
              std::string_view style = {});
  /// All after it.
  std::string finish(Language language);

  /// Markup of ours, or words of ours that hold none.
  Page& raw(std::string_view markup) {
    out_ += markup;
    return *this;
  }
  /// Text of anybody's, in content or in a quoted attribute; cut where it is longer than a reader would follow.
  Page& text(std::string_view text);
  /// The same, whole: for an attribute that is more than read.
  Page& whole(std::string_view text) {
    escape(text);
    return *this;
  }
  /// The same, whole, with a paragraph for each that a blank line ends and its line ends kept. `text` is UTF-8.
  Page& prose(std::string_view text);
  /// An element around the text, or nothing where there is none.
  Page& element(std::string_view open, std::string_view content, std::string_view close) {
    return content.empty() ? *this : raw(open).text(content).raw(close);
  }
  /// A line of a table, or nothing. <bdi> keeps odd writing directions from turning what stands around.
  Page& row(std::string_view label, std::string_view value) {
    return value.empty() ? *this : raw("<dt>").text(label).raw("</dt><dd><bdi>").text(value).raw("</bdi></dd>");
  }
  /// Whom one can talk to.
  enum class Help : std::uint8_t { general, with_act_early };
  Page& help(Language language, Help help);

 private:
  void escape(std::string_view text);

  std::string out_;
};

}  // namespace breakwater::pages
