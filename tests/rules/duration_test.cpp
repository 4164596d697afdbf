#include "rules/duration.h"

#include <string>

#include <gtest/gtest.h>

namespace breakwater::rules {
namespace {

using std::chrono::milliseconds;

TEST(Duration, Good) {
  const std::pair<std::string_view, std::int64_t> table[] = {{"0s", 0},       {"250ms", 250},           {"60s", 60'000},
                                                             {"5m", 300'000}, {"1h", 3'600'000},        {"007s", 7'000},
                                                             {"1ms", 1},      {"8784h", 31'622'400'000}};
  for (const auto& [text, expected] : table) {
    const auto parsed = parse_duration(text);
    ASSERT_TRUE(parsed) << text;
    EXPECT_EQ(parsed->count(), expected) << text;
  }
}

TEST(Duration, Bad) {
  const std::pair<std::string_view, QuantityError> table[] = {{"", QuantityError::no_number},
                                                              {"s", QuantityError::no_number},
                                                              {"-5s", QuantityError::no_number},
                                                              {" 5s", QuantityError::no_number},
                                                              {"5", QuantityError::no_unit},
                                                              {"5 s", QuantityError::unknown_unit},
                                                              {"5S", QuantityError::unknown_unit},
                                                              {"5d", QuantityError::unknown_unit},
                                                              {"1.5s", QuantityError::unknown_unit},
                                                              {"5sx", QuantityError::unknown_unit},
                                                              {"5s ", QuantityError::unknown_unit},
                                                              {"8785h", QuantityError::too_large},
                                                              {"99999999999999999999s", QuantityError::too_large}};
  for (const auto& [text, expected] : table) {
    const auto parsed = parse_duration(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error(), expected) << text;
  }
}

TEST(Size, GoodAndBad) {
  EXPECT_EQ(*parse_size("0B"), 0U);
  EXPECT_EQ(*parse_size("512B"), 512U);
  EXPECT_EQ(*parse_size("64KiB"), 65'536U);
  EXPECT_EQ(*parse_size("10MiB"), 10'485'760U);
  EXPECT_EQ(*parse_size("2GiB"), 2'147'483'648U);
  EXPECT_EQ(*parse_size("9223372036854775807B"), 9'223'372'036'854'775'807U);
  const std::pair<std::string_view, QuantityError> table[] = {{"KiB", QuantityError::no_number},
                                                              {"64", QuantityError::no_unit},
                                                              {"64KB", QuantityError::unknown_unit},
                                                              {"64kib", QuantityError::unknown_unit},
                                                              {"9223372036854775808B", QuantityError::too_large},
                                                              {"8589934592GiB", QuantityError::too_large}};
  for (const auto& [text, expected] : table) {
    const auto parsed = parse_size(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error(), expected) << text;
  }
}

}  // namespace
}  // namespace breakwater::rules
