#include <gmock/gmock.h>

#include "tests/rules/policy_parse_fixture.h"

namespace breakwater::rules {
namespace {

using testing::ElementsAreArray;

class SelfTestParser : public PolicyParse {};

TEST_F(SelfTestParser, HostsAndCategories) {
  const auto found = diagnose(std::string(kWho) +
                              "[[selftest]]\nhost = \"WWW.Example.org.\"\nexpect = \"allow\"\ngroups = [\"staff\"]\n"
                              "[[selftest]]\ncategory = \"hate\"\nexpect = \"block\"\n");
  EXPECT_EQ(0U, std::ranges::count_if(found, [](const auto& line) { return line.find("error") != line.npos; }));
  ASSERT_TRUE(file_);
  const auto& tests = file_->self_tests();
  ASSERT_EQ(2U, tests.size());
  EXPECT_EQ("www.example.org", tests[0].host);
  EXPECT_EQ(Action::allow, tests[0].expect);
  EXPECT_EQ(std::vector<GroupId>{1}, tests[0].groups);
  EXPECT_EQ("hate", tests[1].category);
  EXPECT_EQ(Action::block, tests[1].expect);
  EXPECT_TRUE(tests[1].groups.empty());
}

TEST_F(SelfTestParser, EachMistake) {
  struct Case {
    std::string text;
    std::vector<std::string> expected;
  };
  const Case table[] = {
      {"host = \"a.example\"\nexpect = \"block\"\n", {}},
      {"host = \"a.example\"\n", {R"(1:1: error: [[selftest]] lacks the key "expect")"}},
      {"expect = \"block\"\n", {"1:1: error: [[selftest]] has either a host or a category"}},
      {"host = \"a.example\"\ncategory = \"hate\"\nexpect = \"block\"\n",
       {"1:1: error: [[selftest]] has either a host or a category"}},
      {"host = \"a b\"\nexpect = \"block\"\n",
       {"2:8: error: \"a b\" is no host: the host has a character that does not belong there"}},
      {"host = \"a.example\"\nexpect = \"blok\"\n",
       {R"(3:10: error: expect: "blok" is neither "block" nor "allow"; did you mean "block"?)"}},
      {"host = \"a.example\"\nexpect = \"allow\"\ngroups = [\"evryone\"]\n",
       {R"(4:11: error: unknown group "evryone"; did you mean "everyone"?)"}},
      {"group = [\"everyone\"]\nhost = \"a.example\"\nexpect = \"allow\"\n",
       {R"(2:1: error: unknown key "group" in [[selftest]]; did you mean "groups"?)"}},
  };
  for (const auto& [text, expected] : table)
    EXPECT_THAT(diagnose("[[selftest]]\n" + text + std::string(kRest)), ElementsAreArray(expected)) << text;
}

}  // namespace
}  // namespace breakwater::rules
