#include "proxy/reports/words.h"

#include <gtest/gtest.h>

namespace breakwater::reports {
namespace {

struct Shown {
  std::string_view text;
  std::string_view shown;
};

TEST(Words, NothingHidesInVisibleText) {
  constexpr Shown kCases[] = {
      {"", ""},
      {"Si\u00E2n O\u2019Neill", "Si\u00E2n O\u2019Neill"},
      {"\u0645\u062D\u0645\u062F", "\u0645\u062D\u0645\u062F"},
      {"evil\u202Etxt.exe", "evil[U+202E]txt.exe"},
      {"a\u200Bb\uFEFFc\u2028d", "a[U+200B]b[U+FEFF]c[U+2028]d"},
      {"\u2066x\u2069", "[U+2066]x[U+2069]"},
      {"a\U000E0041", "a[U+E0041]"},
      {"jo\u200Dhn", "jo[U+200D]hn"},
      {"\u0915\u094D\u200D\u0937", "\u0915\u094D\u200D\u0937"},
      {"Z\u0351\u0352\u0353\u0354\u0355\u0356x", "Z\u0351\u0352\u0353\u0354[more marks]x"},
      {"a\x01\xFF", "a\\x01\uFFFD"},
      {"\uE000\u00AD", "[U+E000][U+00AD]"},
  };
  for (const auto& [text, shown] : kCases)
    EXPECT_EQ(visible_text(text), shown);
  EXPECT_EQ(visible_text("a long one", 9), "a\u2026[cut]");
}

TEST(Words, Shortened) {
  EXPECT_EQ(shortened("four", 4), "four");
  EXPECT_EQ(shortened("fives", 4), "fiv\u2026");
  EXPECT_EQ(shortened("\u738B\u5C0F\u660E", 2), "\u738B\u2026");
}

TEST(Words, Numbers) {
  EXPECT_EQ(grouped(0), "0");
  EXPECT_EQ(grouped(999), "999");
  EXPECT_EQ(grouped(1'234'567), "1,234,567");
  EXPECT_EQ(counted(1, "episode", "episodes"), "1 episode");
  EXPECT_EQ(counted(0, "episode", "episodes"), "0 episodes");
}

TEST(Words, Spans) {
  using std::chrono::seconds;
  EXPECT_EQ(span_text(seconds(59)), "59 s");
  EXPECT_EQ(span_text(seconds(60)), "1 min");
  EXPECT_EQ(span_text(seconds(3600)), "1 h");
  EXPECT_EQ(span_text(seconds(3 * 3600 + 20 * 60)), "3 h 20 min");
  EXPECT_EQ(span_text(seconds(47 * 3600)), "47 h");
  EXPECT_EQ(span_text(seconds(48 * 3600)), "2 days");
}

TEST(Words, TimesAreThoseOfTheCentre) {
  const auto* zone = rules::find_zone("Europe/London");
  ASSERT_NE(zone, nullptr);
  const auto summer = *rules::parse_civil("2026-07-06T00:05:07", *zone);
  EXPECT_EQ(date_text(summer, *zone), "Mon 6 Jul 2026");
  EXPECT_EQ(short_date_text(summer, *zone), "6 Jul");
  EXPECT_EQ(moment_text(summer, *zone), "Mon 6 Jul, 00:05");
  EXPECT_EQ(clock_text(summer, *zone), "00:05:07");
}

}  // namespace
}  // namespace breakwater::reports
