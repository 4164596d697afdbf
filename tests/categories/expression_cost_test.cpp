#include "categories/expression_cost.h"

#include <string>

#include <gtest/gtest.h>

namespace breakwater::categories {
namespace {

TEST(ExpressionCost, CountsWhatRepeatsWriteOut) {
  const struct {
    std::string_view text;
    std::uint64_t repeats;
  } kCases[] = {
      {"", 0},
      {"plain.text", 0},
      {"a{1,100}", 92},  // 100 letters instead of 8 characters
      {"a{100}", 94},
      {"a{100,}", 93},
      {"a{,100}", 93},
      {"(a{10}){10}", 89},
      {"(ab|cd){50}", 239},
      {"[a-z]{100}", 90},
      {"[]{9}]{100}", 89},
      {"[^]a]{100}", 90},
      {"\\d{100}", 93},
      {"\\{100}", 0},
      {"a{x}", 0},
      {"a{10", 0},
      {"(((", 0},
      {"a{99999999999999999999999}", kEndlessRepeats},
      {"((a{1000}){1000}){1000}", kEndlessRepeats},
  };
  for (const auto& [text, repeats] : kCases)
    EXPECT_EQ(repeats, unrolled_repeats(text)) << text;
  EXPECT_EQ(kEndlessRepeats, unrolled_repeats(std::string(1000, '('))) << "deeper than any engine";
}

}  // namespace
}  // namespace breakwater::categories
