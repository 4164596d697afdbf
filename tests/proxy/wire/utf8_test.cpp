#include "proxy/wire/utf8.h"

#include <gtest/gtest.h>

namespace breakwater::wire {
namespace {

TEST(Utf8, LengthOfEverySequenceAgainstItsDefinition) {
  for (std::uint32_t point = 0; point <= 0x10FFFF; ++point) {
    if (point >= 0xD800 && point <= 0xDFFF) continue;
    std::string text;
    const auto tail = [&](unsigned shift) { text += static_cast<char>(0x80U | (point >> shift & 0x3FU)); };
    if (point < 0x80) {
      text += static_cast<char>(point);
    } else if (point < 0x800) {
      text += static_cast<char>(0xC0U | point >> 6U), tail(0);
    } else if (point < 0x10000) {
      text += static_cast<char>(0xE0U | point >> 12U), tail(6), tail(0);
    } else {
      text += static_cast<char>(0xF0U | point >> 18U), tail(12), tail(6), tail(0);
    }
    ASSERT_EQ(utf8_length(text), text.size()) << point;
    ASSERT_EQ(utf8_length(text + "x"), text.size()) << point;
    for (std::size_t cut = 0; cut < text.size(); ++cut)
      ASSERT_EQ(utf8_length(text.substr(0, cut)), 0U) << point;
  }
}

TEST(Utf8, RefusesWhatIsNot) {
  for (const std::string_view bad :
       {"\x80", "\xBF", "\xC0\x80", "\xC1\xBF", "\xC3(", "\xE0\x80\x80", "\xE0\x9F\xBF", "\xED\xA0\x80", "\xED\xBF\xBF",
        "\xE2(\xA1", "\xE2\x82(", "\xF0\x80\x80\x80", "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80",
        "\xF0\x9F\x98(", "\xFF"})
    EXPECT_EQ(utf8_length(bad), 0U) << testing::PrintToString(bad);
}

TEST(Utf8, PrefixEndsBetweenCharacters) {
  EXPECT_EQ(utf8_prefix("abc", 3), "abc");
  EXPECT_EQ(utf8_prefix("abc", 2), "ab");
  EXPECT_EQ(utf8_prefix("a\xC3\xA9z", 2), "a");
  EXPECT_EQ(utf8_prefix("\xF0\x9F\x98\x80z", 3), "");
  EXPECT_EQ(utf8_prefix(std::string(9, '\x80'), 8).size(), 5U) << "bounded where nothing is a character";
}

TEST(CleanText, Table) {
  using namespace std::string_view_literals;
  struct Case {
    std::string_view in, out;
  };
  for (const auto& [in, out] : {Case{"", ""},
                                {"caf\xC3\xA9", "caf\xC3\xA9"},
                                {"a\0b"sv, "a\\x00b"},
                                {"a\r\nb\x7F", "a\\x0D\\x0Ab\\x7F"},
                                {"\xFFz\xE2\x82", "\xEF\xBF\xBDz\xEF\xBF\xBD\xEF\xBF\xBD"},
                                {"\\x00", "\\x00"}})
    EXPECT_EQ(clean_text(in, 100), out);
}

TEST(CleanText, WhatIsCleanComesBackAndWhatIsNotNeverDoes) {
  for (unsigned byte = 0; byte < 256; ++byte)
    for (const std::size_t length : {1U, 7U, 8U, 9U, 16U, 17U, 32U, 33U})
      for (const std::size_t at : {std::size_t{0}, length / 2, length - 1}) {
        std::string text(length, 'x');
        text[at] = static_cast<char>(byte);
        const bool printable = byte >= 0x20 && byte < 0x7F;
        ASSERT_EQ(is_clean(text, length), printable) << byte;
        ASSERT_EQ(clean_text(text, 100) == text, printable) << byte;
        ASSERT_FALSE(is_clean(text, length - 1)) << "too long";
      }
  EXPECT_TRUE(is_clean("", 0));
}

TEST(CleanText, CutsWithAMarkerWithinTheLimitAndOnce) {
  EXPECT_EQ(clean_text("0123456789", 10), "0123456789");
  EXPECT_EQ(clean_text("012345678901", 10), "01\xE2\x80\xA6[cut]");
  EXPECT_EQ(clean_text("0\xC3\xA9"
                       "45678901",
                       10),
            "0\xE2\x80\xA6[cut]")
      << "never within a character";
  for (std::size_t limit = kCutMarker.size(); limit < 40; ++limit)
    for (const std::string& text : {std::string(100, 'a'), std::string(100, '\n'), std::string(100, '\xFF')}) {
      const auto once = clean_text(text, limit);
      EXPECT_LE(once.size(), limit);
      EXPECT_EQ(clean_text(once, limit), once);
    }
}

}  // namespace
}  // namespace breakwater::wire
