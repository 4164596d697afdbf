#include <regex>

#include <gtest/gtest.h>

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

TEST(Pdf, ACellThatIsLongerThanAPageIsCut) {
  auto report = sample_report(Audience::dsl, 1);
  report.episodes[0].person = std::string(100'000, 'x');
  report.episodes[0].timeline = {{report.from, std::string(100'000, 'y')}};
  EXPECT_TRUE(to_pdf(compose(report)));
}

}  // namespace
}  // namespace breakwater::reports
