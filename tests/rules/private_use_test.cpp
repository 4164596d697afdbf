#include "rules/private_use.h"

#include <gmock/gmock.h>

#include "tests/rules/policy_parse_fixture.h"

namespace breakwater::rules {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class PrivateUseParser : public PolicyParse {};

TEST_F(PrivateUseParser, EachMistake) {
  struct Case {
    std::string_view log;
    std::string_view message;
  };
  const Case table[] = {
      {R"(private_use = "count")", R"("count" is neither "counts" nor "lines"; did you mean "counts"?)"},
      {R"(private_use = "counts")", "needs private_periods"},
      {"private_use = \"counts\"\nprivate_periods = []", "private_periods"},
      {"private_use = \"counts\"\nprivate_periods = [\"sesion\"]",
       R"(unknown period "sesion"; did you mean "session"?)"},
      {"private_periods = [\"session\"]", "private_use"},
      {"private_use = \"lines\"\nprivate_period = [\"session\"]", R"(did you mean "private_periods"?)"},
  };
  for (const auto& [log, message] : table)
    EXPECT_THAT(diagnose(std::string(kWho).append("[log]\n").append(log)), ElementsAre(HasSubstr(std::string(message))))
        << log;
}

TEST_F(PrivateUseParser, ThePeriodsCountWhereTheyAreAskedFor) {
  for (const auto* way : {"counts", "lines"}) {
    const auto text =
        std::string(kWho).append("[log]\nprivate_use = \"").append(way).append("\"\nprivate_periods = [\"session\"]");
    const auto snapshot = make_snapshot(folder_, text);
    ASSERT_TRUE(snapshot) << text;
    EXPECT_EQ(snapshot->policy.private_use.periods.size(), std::string_view(way) == "counts" ? 1U : 0U);
  }
}

TEST(PrivateUse, CoversWhatIsAllowedInThosePeriodsAndNoConcern) {
  const PrivateUse use{{"break", "lunch"}};
  Verdict verdict;
  verdict.action = Action::allow;
  verdict.reason = Reason::rule;
  verdict.period = "lunch";
  EXPECT_TRUE(use.covers(verdict));
  EXPECT_FALSE(PrivateUse{}.covers(verdict));
  const auto but = [&](auto&& change) {
    auto other = verdict;
    change(other);
    return use.covers(other);
  };
  EXPECT_TRUE(but([](auto& v) { v.reason = Reason::essential; }));
  EXPECT_FALSE(but([](auto& v) { v.period = "session"; }));
  EXPECT_FALSE(but([](auto& v) { v.period = ""; }));
  EXPECT_FALSE(but([](auto& v) { v.action = Action::block; }));
  EXPECT_FALSE(but([](auto& v) { v.concern = Concern::notice; }));
  EXPECT_FALSE(but([](auto& v) { v.reason = Reason::pass; }));
  EXPECT_FALSE(but([](auto& v) { v.reason = Reason::portal; }));
}

}  // namespace
}  // namespace breakwater::rules
