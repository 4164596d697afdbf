#include "categories/pattern_set.h"

#include <algorithm>
#include <random>

#include <gmock/gmock.h>
#include <re2/re2.h>

#include "tests/categories/list_tree.h"

namespace breakwater::categories::test {
namespace {

/// Puts the real engines back.
class Failing {
 public:
  ~Failing() { engines() = saved_; }

 private:
  Engines saved_ = engines();
};

hs_error_t failing_scan(const hs_database_t*, const char*, unsigned, unsigned, hs_scratch_t*, match_event_handler,
                        void*) {
  return HS_UNKNOWN_ERROR;
}

bool out_of_memory(const re2::RE2::Set&, std::string_view, std::vector<int>&, re2::RE2::Set::ErrorInfo& error) {
  error.kind = re2::RE2::Set::kOutOfMemory;
  return false;
}

TEST(PatternSet, AFailingEngineIsAnErrorAndNotAMiss) {
  ListTree tree;
  tree.write("feed/x/urls", "example.com/x\n");
  tree.write("feed/x/domains", "listed.example\n");
  Asked urls_only{{{tree.feed()}, {}}};
  tree.write("feed/x/expressions", "good\n");
  Asked expressions{{{tree.feed()}, {}}};
  tree.write("feed/x/expressions", "(?U)bad.*site\n");
  tree.write("feed/x/urls", "");
  Asked re2_only{{{tree.feed()}, {}}};

  const Failing restore;
  engines().scan = failing_scan;
  EXPECT_EQ(ClassifyStatus::engine_error, urls_only("http://example.org/").status);
  EXPECT_EQ(ClassifyStatus::ok, urls_only("example.org").status) << "no URL can match, so that none is looked for";
  EXPECT_EQ(ClassifyStatus::engine_error, expressions("example.org").status);
  EXPECT_EQ(ClassifyStatus::engine_error, expressions("listed.example").status);
  EXPECT_TRUE(expressions.answer.categories.any()) << "what was found is still said";
  EXPECT_EQ(ClassifyStatus::ok, re2_only("example.org").status);
  engines().match = out_of_memory;
  EXPECT_EQ(ClassifyStatus::engine_error, re2_only("example.org").status);
}

TEST(PatternSet, AnIdThatNobodyGaveIsAnError) {
  ListTree tree;
  tree.write("feed/x/expressions", "good\n");
  Asked asked{{{tree.feed()}, {}}};
  const Failing restore;
  engines().scan = [](const hs_database_t*, const char*, unsigned, unsigned, hs_scratch_t*, match_event_handler handler,
                      void* context) { return handler(1'000'000, 0, 1, 0, context) ? HS_SCAN_TERMINATED : HS_SUCCESS; };
  EXPECT_EQ(ClassifyStatus::engine_error, asked("example.org").status);
}

TEST(PatternSet, Re2TakesWhatHyperscanRefuses) {
  ListTree tree;
  tree.write("feed/x/expressions", "(?U)bad.*site\nplain\n(one$|two)three\n");
  Asked asked{{{tree.feed()}, {}}};
  EXPECT_THAT(asked.report.diagnostics, testing::IsEmpty());
  ASSERT_EQ(1U, asked("http://bad.example/SITE").matches.size());
  EXPECT_EQ(1U, asked.answer.matches.front().line);
  EXPECT_EQ(3U, asked("twothree.example").matches.front().line);
  EXPECT_EQ(2U, asked("plain.example").matches.front().line);
  EXPECT_EQ("", asked.categories("onethree.example"));
  EXPECT_EQ(3U, asked("http://bad-plain-twothree.com/site").matches.size());
}

/// Every expression by Hyperscan (as the catalogue takes it) and by RE2 alone, over random URLs.
TEST(PatternSet, HyperscanAgreesWithRe2) {
  const std::vector<std::string> expressions{
      "(^|\\.)casino[0-9]*\\.",
      "^[a-z]+\\.com/$",
      "\\.(exe|zip)(\\?|$)",
      "[0-9]{3,}",
      "(poker|bet).*win",
      "/search\\?.*q=[^&]*bomb",
      "^www\\.[^/]*/[a-c]+$",
      "a.c/",
      "(ab){2}",
      "[^a-z0-9./?=&-]",
      "x[[:digit:]]y",
      "win$",
      "BET",
      "\\bwin\\b",
      "q=(a|b|bomb)+&",
  };
  ListTree tree;
  std::string text;
  for (const auto& expression : expressions)
    text += expression + '\n';
  tree.write("feed/x/expressions", text);
  Asked asked{{{tree.feed()}, {}}};
  ASSERT_THAT(asked.report.diagnostics, testing::IsEmpty());
  std::vector<std::unique_ptr<re2::RE2>> oracle;
  oracle.reserve(expressions.size());
  for (const auto& expression : expressions)
    oracle.push_back(std::make_unique<re2::RE2>(expression, re2_options()));

  constexpr std::string_view kPieces[] = {"casino", "bet", "win", "poker", "ab",   "a", "c",
                                          "7",      "123", "x7y", "-",     "bomb", "~"};
  std::mt19937 random{5};
  const auto piece = [&] { return std::string{kPieces[random() % std::size(kPieces)]}; };
  std::size_t matched = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string url = random() % 2 ? "www." : "";
    for (auto n = random() % 3 + 1; n > 0; --n)
      url += kPieces[random() % 10];
    url += random() % 2 ? ".com/" : ".org/";
    for (auto n = random() % 4; n > 0; --n)
      url += piece();
    if (random() % 3 == 0) url += ".exe";
    if (random() % 3 == 0) url += "?q=" + piece() + "&" + piece();
    std::vector<std::uint32_t> expected;
    for (std::size_t i = 0; i < oracle.size(); ++i)
      if (re2::RE2::PartialMatch(url, *oracle[i])) expected.push_back(static_cast<std::uint32_t>(i + 1));
    std::vector<std::uint32_t> lines;
    for (const auto& match : asked("http://" + url).matches)
      lines.push_back(match.line);
    std::sort(lines.begin(), lines.end());
    ASSERT_EQ(expected, lines) << url;
    matched += expected.size();
  }
  EXPECT_GT(matched, 10'000U);
}

}  // namespace
}  // namespace breakwater::categories::test
