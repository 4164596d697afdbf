#include "rules/safe_search_parser.h"

#include <gmock/gmock.h>

#include "tests/rules/policy_parse_fixture.h"

namespace breakwater::rules {
namespace {

using testing::ElementsAreArray;

constexpr std::string_view kHead = "[centre]\nname = \"Academy\"\ntimezone = \"Europe/London\"\n[lists]\n";

TEST_F(PolicyParse, SafeSearchOfAGroup) {
  struct Case {
    std::string_view policy;
    std::string_view group;
    SafeSearch::Search search;
    YouTube youtube;
  };
  constexpr auto kOn = SafeSearch::Search::on;
  constexpr auto kOff = SafeSearch::Search::off;
  const Case table[] = {
      {"", "", kOn, YouTube::moderate},
      {"", "youtube = \"strict\"", kOn, YouTube::strict},
      {"", "safe_search = true\nyoutube = \"moderate\"", kOn, YouTube::moderate},
      {"[safe_search]", "", kOn, YouTube::moderate},
      {"[safe_search]\nyoutube = \"strict\"", "", kOn, YouTube::strict},
      {"[safe_search]\nsearch = false\nyoutube = \"off\"", "", kOff, YouTube::off},
      {"[safe_search]\nsearch = false\nyoutube = \"off\"", "safe_search = true\nyoutube = \"strict\"", kOn,
       YouTube::strict},
      {"[safe_search]\nsearch = false\nyoutube = \"off\"\nlocked = true", "safe_search = false\nyoutube = \"off\"",
       kOff, YouTube::off},
      {"[safe_search]\nlocked = false", "", kOn, YouTube::moderate},
      {"[safe_search]\nlocked = false", "safe_search = false\nyoutube = \"off\"", kOff, YouTube::off},
      {"[safe_search]\nyoutube = \"strict\"\nlocked = false", "youtube = \"moderate\"", kOn, YouTube::moderate},
  };
  for (const auto& [policy, group, search, youtube] : table) {
    std::string text(kHead);
    text.append(policy)
        .append("\n[[group]]\nname = \"learners\"\n")
        .append(group)
        .append("\n[[group]]\nname = \"x\"\n");
    const auto snapshot = make_snapshot(folder_, text);
    ASSERT_TRUE(snapshot) << text;
    EXPECT_EQ(snapshot->policy.groups[0].safe_search.search, search) << text;
    EXPECT_EQ(snapshot->policy.groups[0].safe_search.youtube, youtube) << text;
  }
}

TEST_F(PolicyParse, EachMistakeInSafeSearch) {
  const std::string how = "; a group may be stricter, or [safe_search] needs locked = false";
  struct Case {
    std::string text;
    std::vector<std::string> expected;
  };
  const Case table[] = {
      {"[safe_search]\nyoutube = \"strct\"",
       {R"(2:11: error: youtube: "strct" is none of "off", "moderate" and "strict"; did you mean "strict"?)"}},
      {"[safe_search]\nyoutube = false", {"2:11: error: youtube: expected a string, found a boolean"}},
      {"[safe_search]\nsearch = \"on\"", {"2:10: error: search: expected true or false, found a string"}},
      {"[safe_search]\nlocked = 1", {"2:10: error: locked: expected true or false, found an integer"}},
      {"[safe_search]\nlockd = true", {R"(2:1: error: unknown key "lockd" in [safe_search]; did you mean "locked"?)"}},
      {"safe_search = true", {"1:15: error: safe_search: expected [safe_search], found a boolean"}},
      {"[[group]]\nname = \"g\"\nyoutube = \"\"",
       {R"(3:11: error: youtube: "" is none of "off", "moderate" and "strict")"}},
      {"[[group]]\nname = \"g\"\nsafe_search = 0",
       {"3:15: error: safe_search: expected true or false, found an integer"}},
      {"[[group]]\nname = \"g\"\nsafe_search = false",
       {"3:15: error: safe_search: the policy locks safe search" + how}},
      {"[[group]]\nname = \"g\"\nyoutube = \"off\"\n[safe_search]\nsearch = false",
       {R"(3:11: error: youtube: "off" is less than the "moderate" that the policy locks)" + how}},
      {"[safe_search]\nyoutube = \"strict\"\n[[group]]\nname = \"g\"\nyoutube = \"moderate\"\nsafe_search = false",
       {R"(5:11: error: youtube: "moderate" is less than the "strict" that the policy locks)" + how,
        "6:15: error: safe_search: the policy locks safe search" + how}},
  };
  for (const auto& [text, expected] : table)
    EXPECT_THAT(diagnose(text + '\n' + std::string(kRest)), ElementsAreArray(expected)) << text;
}

}  // namespace
}  // namespace breakwater::rules
