#include "categories/diagnostic.h"

#include <gtest/gtest.h>

namespace breakwater::categories {
namespace {

TEST(Diagnostic, SaysWhere) {
  EXPECT_EQ("a.toml:3:7: error: no", to_string({Severity::error, "a.toml", 3, 7, "no"}));
  EXPECT_EQ("a.toml:3: warning: no", to_string({Severity::warning, "a.toml", 3, 0, "no"}));
  EXPECT_EQ("a.toml: error: no", to_string({Severity::error, "a.toml", 0, 0, "no"}));
}

TEST(Diagnostic, OnlyErrorsAreErrors) {
  EXPECT_FALSE(has_errors({}));
  EXPECT_FALSE(has_errors({{Severity::warning, "a", 1, 1, "x"}}));
  EXPECT_TRUE(has_errors({{Severity::warning, "a", 1, 1, "x"}, {Severity::error, "a", 1, 1, "x"}}));
}

TEST(Nearest, FindsATypingMistake) {
  const std::vector<std::string_view> words{"gambling", "games", "groups", "hate"};
  EXPECT_EQ("gambling", nearest("gambing", words));
  EXPECT_EQ("gambling", nearest("gmabling", words)) << "two letters swapped";
  EXPECT_EQ("games", nearest("games", words));
  EXPECT_EQ("", nearest("gxmxlixg", words)) << "distance 3";
  EXPECT_EQ("", nearest("hxtx", words)) << "half of the word";
  EXPECT_EQ("hate", nearest("hatex", words));
  EXPECT_EQ("", nearest("", words));
  EXPECT_EQ("", nearest(std::string(1'000'000, 'g'), words));
  EXPECT_EQ("", nearest("games", {}));
}

}  // namespace
}  // namespace breakwater::categories
