#include <regex>

#include <gtest/gtest.h>

#include "proxy/reports/canvas.h"
#include "proxy/reports/compose.h"
#include "proxy/reports/html.h"
#include "proxy/reports/pdf.h"
#include "tests/proxy/reports/sample_report.h"

namespace breakwater::reports {
namespace {

TEST(Html, NothingIsFetchedRunOrTurned) {
  const auto html = to_html(compose(sample_report(Audience::dsl, 40)));
  for (const std::string_view bad : {"<script", "src=", "url(", "@import", "\u202E", "\u200B", "href=\"http"})
    EXPECT_EQ(html.find(bad), std::string::npos) << bad;
  EXPECT_NE(html.find("&lt;script&gt;alert(1)&lt;/script&gt;"), std::string::npos);
  EXPECT_NE(html.find("default-src 'none'; style-src 'unsafe-inline'"), std::string::npos);
}

TEST(Html, ElementsAreClosed) {
  const auto html = to_html(compose(sample_report(Audience::dsl, 9)));
  for (const std::string element : {"main", "table", "tr", "td", "th", "dl", "dd", "ul", "li", "figure", "svg", "h2",
                                    "h3", "bdi", "span", "a", "p", "caption"}) {
    const auto count = [&html](const std::string& expression) {
      const std::regex pattern(expression);
      return std::distance(std::sregex_iterator(html.begin(), html.end(), pattern), std::sregex_iterator());
    };
    EXPECT_EQ(count("<" + element + "[ >]"), count("</" + element + ">")) << element;
  }
}

TEST(Html, ChartsHaveWords) {
  const auto html = to_html(compose(sample_report(Audience::governance, 9)));
  EXPECT_NE(html.find("role=\"img\" aria-label=\"Bars, one a theme. Most episodes: "), std::string::npos);
}

TEST(Pdf, OfAnySize) {
  for (const std::size_t episodes : {0U, 7U, 500U}) {
    const auto document = compose(sample_report(Audience::dsl, episodes));
    const auto pdf = to_pdf(document);
    ASSERT_TRUE(pdf) << pdf.error().message;
    EXPECT_TRUE(pdf->starts_with("%PDF-1."));
    EXPECT_NE(pdf->find("%%EOF"), std::string::npos);
    EXPECT_EQ(*to_pdf(document), *pdf) << "the same document gives the same bytes";
  }
}

/// Characters that are shown as boxes.
std::size_t missing(std::string_view text) {
  cairo_surface_t* const surface = cairo_recording_surface_create(CAIRO_CONTENT_COLOR, nullptr);
  const Canvas canvas(surface);
  static_cast<void>(canvas.text(text, {}, 500));
  cairo_surface_destroy(surface);
  return canvas.missing();
}

constexpr std::string_view kNoFont = "\U00010570";  // Vithkuqi: no font of Debian 12 has it

TEST(Pdf, NamesOfManyScriptsAreDrawn) {
  for (const std::string_view name :
       {"\u738B\u5C0F\u660E", "\u5C71\u7530 \u3055\u304F\u3089", "\uAE40\uBBFC\uC900",
        "\u0645\u062D\u0645\u062F \u0627\u0644\u0623\u062D\u0645\u062F", "\u05D3\u05D5\u05D3", "\u0930\u093E\u092E",
        "\u0E2A\u0E21\u0E0A\u0E32\u0E22", "\u0141ukasz \u017B\u00F3\u0142\u0107", "\u0418\u0432\u0430\u043D",
        "Gruffydd \u0174yn", "\U0001F600 \U0001F393", "\u1206\u120A"})
    EXPECT_EQ(missing(name), 0U) << name << ": see deploy/install-packages for the fonts";
  EXPECT_EQ(missing(kNoFont), 1U);
}

TEST(Pdf, WhatNoFontHasIsTold) {
  auto document = compose(sample_report(Audience::dsl, 0));
  const auto whole = to_pdf(document);
  document.blocks.emplace_back(Paragraph{.text = std::string(kNoFont)});
  const auto boxes = to_pdf(document);
  ASSERT_TRUE(whole && boxes);
  EXPECT_GT(boxes->size(), whole->size());
}

TEST(Pdf, ACellThatIsLongerThanAPageIsCut) {
  auto report = sample_report(Audience::dsl, 1);
  report.episodes[0].person = std::string(100'000, 'x');
  report.episodes[0].timeline = {{report.from, std::string(100'000, 'y')}};
  EXPECT_TRUE(to_pdf(compose(report)));
}

}  // namespace
}  // namespace breakwater::reports
