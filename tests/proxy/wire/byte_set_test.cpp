#include "proxy/wire/byte_set.h"

#include <string>

#include <gtest/gtest.h>

namespace breakwater::wire {
namespace {

constexpr ByteSet kDigits = ByteSet::of([](unsigned char c) { return c >= '0' && c <= '9'; });

TEST(ByteSet, HoldsWhatItsPredicateSays) {
  for (unsigned byte = 0; byte < 256; ++byte)
    EXPECT_EQ(kDigits.contains(static_cast<char>(byte)), byte >= '0' && byte <= '9') << byte;
}

TEST(ByteSet, RunEndsAtTheFirstOtherByte) {
  EXPECT_EQ(kDigits.run_length(""), 0U);
  EXPECT_TRUE(kDigits.contains_all(""));
  for (std::size_t length = 1; length <= 70; ++length) {
    std::string text(length, '7');
    EXPECT_EQ(kDigits.run_length(text), length);
    EXPECT_TRUE(kDigits.contains_all(text));
    for (std::size_t at = length; at-- > 0;) {
      text[at] = '\xFF';
      ASSERT_EQ(kDigits.run_length(text), at);
      ASSERT_FALSE(kDigits.contains_all(text));
    }
  }
}

}  // namespace
}  // namespace breakwater::wire
