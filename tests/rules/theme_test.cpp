#include "rules/theme.h"

#include <gmock/gmock.h>

#include "tests/rules/policy_parse_fixture.h"

namespace breakwater::rules {
namespace {

using testing::ElementsAreArray;
using namespace std::chrono_literals;

class ThemeTest : public PolicyParse {
 protected:
  void load(std::string_view text) {
    snapshot_ = make_snapshot(folder_, std::string(text).append(kRest));
    ASSERT_TRUE(snapshot_);
  }
  const Safeguarding& rules() const { return snapshot_->policy.safeguarding; }
  categories::CategoryId id(std::string_view name) const { return *snapshot_->catalogue->categories().find(name); }
  std::string theme_of(std::string_view category) const {
    const auto* theme = rules().theme_of(id(category));
    return theme ? theme->name : "";
  }
  std::shared_ptr<const Snapshot> snapshot_;
};

TEST_F(ThemeTest, APolicyWithoutAnyHasThoseThatAreBuiltIn) {
  load("");
  EXPECT_EQ(theme_of("extremism"), "terrorism and extremism");
  EXPECT_EQ(theme_of("circumvention/vpn"), "getting round the filter");
  EXPECT_EQ(theme_of("games"), "");
  EXPECT_EQ(rules().find("child abuse")->threshold, 1u);
  EXPECT_EQ(rules().find("drugs")->threshold, 3u);
  EXPECT_EQ(rules().find("drugs")->window, 1h);
  EXPECT_EQ(rules().find("nothing"), nullptr);
  EXPECT_TRUE(rules().monitored.none());
  EXPECT_EQ(rules().episode_gap, 15min);
}

TEST_F(ThemeTest, ThePolicyStandsAboveWhatIsBuiltIn) {
  load(R"([[theme]]
name = "vice"
categories = ["drugs", "gambling"]
threshold = 5
window = "10m"
[[theme]]
name = "sexual content"
threshold = 100
[safeguarding]
monitor = ["social-media", "hate"]
monitor_essential = true
episode_gap = "4h"
[concern]
social-media = "notice"
hate = "warning"
)");
  EXPECT_EQ(theme_of("drugs"), "vice");
  EXPECT_EQ(rules().find("vice")->threshold, 5u);
  EXPECT_EQ(rules().find("vice")->window, 10min);
  EXPECT_EQ(theme_of("adult"), "sexual content");
  EXPECT_EQ(rules().find("sexual content")->threshold, 100u);
  EXPECT_TRUE(rules().monitored.test(id("social-media/tiktok")));
  EXPECT_FALSE(rules().monitored.test(id("extremism")));
  EXPECT_EQ(rules().essential, Safeguarding::Essential::watched);
  EXPECT_EQ(rules().episode_gap, 4h);
}

TEST_F(ThemeTest, EachMistake) {
  struct Case {
    std::string text;
    std::vector<std::string> expected;
  };
  const Case table[] = {
      {"[[theme]]\nname = \"drugs\"\n", {}},
      {"[[theme]]\nname = \"a\"\n", {R"(1:1: error: [[theme]] lacks the key "categories")"}},
      {"[[theme]]\nname = \"drugs\"\ncategories = []\n", {"3:14: error: categories is empty"}},
      {"[[theme]]\nname = \"drugs\"\n[[theme]]\nname = \"drugs\"\n",
       {R"(4:8: error: theme "drugs" stands twice, first in line 2)"}},
      {"[[theme]]\nname = \"drugs\"\nthreshold = 0\n", {"3:13: error: threshold: 0 is not within 1 and 100"}},
      {"[[theme]]\nname = \"drugs\"\nthreshold = 101\n", {"3:13: error: threshold: 101 is not within 1 and 100"}},
      {"[[theme]]\nname = \"drugs\"\ntreshold = 2\n",
       {R"(3:1: error: unknown key "treshold" in [[theme]]; did you mean "threshold"?)"}},
      {"[safeguarding]\nepisode_gap = \"5h\"\n", {R"(2:15: error: episode_gap: "5h" is over 4h)"}},
      {"[safeguarding]\nmonitr = []\n",
       {R"(2:1: error: unknown key "monitr" in [safeguarding]; did you mean "monitor"?)"}},
  };
  for (const auto& [text, expected] : table)
    EXPECT_THAT(diagnose(text + std::string(kRest)), ElementsAreArray(expected)) << text;
}

TEST_F(ThemeTest, WhatIsMonitoredIsAConcernThatMayBeAllowed) {
  load("");
  diagnose(std::string("[[theme]]\nname = \"a\"\ncategories = [\"drug\"]\n[safeguarding]\n"
                       "monitor = [\"games\", \"terrorism\", \"hat\"]\n")
               .append(kRest));
  ASSERT_TRUE(file_);
  categories::Diagnostics diagnostics;
  EXPECT_FALSE(file_->resolve(*snapshot_->catalogue, diagnostics));
  EXPECT_THAT(shown(diagnostics),
              ElementsAreArray(
                  {R"(3:15: error: unknown category "drug"; did you mean "drugs"?)",
                   R"(5:12: error: monitor: "games" is no concern: give it a level in [concern])",
                   R"(5:21: warning: monitor: "terrorism" is in the floor: it is never allowed, and recorded anyway)",
                   R"(5:34: error: unknown category "hat"; did you mean "hate"?)"}));
}

}  // namespace
}  // namespace breakwater::rules
