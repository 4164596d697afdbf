#include "rules/report_schedule.h"

#include <gmock/gmock.h>

#include "rules/civil_time.h"
#include "tests/rules/policy_parse_fixture.h"

namespace breakwater::rules {
namespace {

using testing::ElementsAre;
using testing::ElementsAreArray;
using Role = Recipient::Role;

constexpr std::string_view kRecipient = "[[recipient]]\nname = \"A\"\nrole = \"dsl\"\nemail = \"a@b.example\"\n";

class ReportScheduleTest : public PolicyParse {};

TEST_F(ReportScheduleTest, EachKey) {
  const auto snapshot = make_snapshot(
      folder_, std::string(kWho)
                   .append("[reports]\nat = \"06:45\"\nweekday = \"Fri\"\nworking_days = \"week\"\n"
                           "daily = [\"dsl\", \"deputy\"]\nweekly = [\"it\"]\nmonthly = [\"dpo\", \"governance\"]\n")
                   .append(kRecipient));
  ASSERT_TRUE(snapshot);
  const auto& reports = snapshot->policy.reports;
  EXPECT_THAT(reports.daily, ElementsAre(Role::dsl, Role::deputy));
  EXPECT_THAT(reports.weekly, ElementsAre(Role::it));
  EXPECT_THAT(reports.monthly, ElementsAre(Role::dpo, Role::governance));
  EXPECT_EQ(reports.at, std::chrono::minutes(6 * 60 + 45));
  EXPECT_EQ(reports.weekday, std::chrono::Friday);
  EXPECT_EQ(reports.working_days, 0);
}

TEST_F(ReportScheduleTest, WithoutATableNothingIsMade) {
  const auto snapshot = make_snapshot(folder_, std::string(kRest));
  ASSERT_TRUE(snapshot);
  EXPECT_TRUE(snapshot->policy.reports.daily.empty() && snapshot->policy.reports.weekly.empty() &&
              snapshot->policy.reports.monthly.empty());
}

TEST_F(ReportScheduleTest, EachMistake) {
  struct Case {
    std::string text;
    std::vector<std::string> expected;
  };
  const Case table[] = {
      {"daily = [\"dsl\"]", {}},
      {"dialy = [\"dsl\"]", {R"(12:1: error: unknown key "dialy" in [reports]; did you mean "daily"?)"}},
      {"daily = [\"deputi\"]",
       {R"(12:10: error: daily: "deputi" is none of "dsl", "deputy", "governance", "dpo" and "it"; did you mean "deputy"?)"}},
      {"weekly = [\"dsl\", \"dsl\"]", {R"(12:18: error: weekly: "dsl" stands twice)"}},
      {"monthly = [\"dpo\"]", {R"(12:12: warning: monthly: no [[recipient]] has the role "dpo")"}},
      {"at = \"7:30\"", {R"(12:6: error: at: "7:30" is no time of day, as 07:30)"}},
      {"weekday = \"Monday\"", {R"(12:11: error: "Monday" is no day (write Mon, Tue, Wed, Thu, Fri, Sat or Sun))"}},
      {"working_days = \"weak\"", {R"(12:16: error: unknown timetable "weak"; did you mean "week"?)"}},
  };
  for (const auto& [text, expected] : table)
    EXPECT_THAT(diagnose(std::string(kWho).append(kRecipient).append("[reports]\n").append(text)),
                ElementsAreArray(expected))
        << text;
}

TEST(WorkingDay, IsWhatTheTimetableSays) {
  Timetable timetable;
  timetable.zone = find_zone("Europe/London");
  for (std::size_t day = 0; day < 5; ++day)
    timetable.weeks[0][day] = {{9 * 60, 10 * 60, "session"}};
  const auto monday = *parse_date("2026-11-23");
  const auto holiday = *parse_date("2026-12-25");  // a Friday
  timetable.exceptions.push_back({{holiday, holiday}, "outside", {}});
  struct Row {
    std::chrono::sys_days day;
    bool by_timetable, by_week;
  };
  const Row rows[] = {{monday, true, true},
                      {monday + std::chrono::days(4), true, true},
                      {monday + std::chrono::days(5), false, false},
                      {holiday, false, true}};
  for (const auto& row : rows) {
    EXPECT_EQ(is_working_day(&timetable, row.day), row.by_timetable) << row.day.time_since_epoch().count();
    EXPECT_EQ(is_working_day(nullptr, row.day), row.by_week) << row.day.time_since_epoch().count();
  }
}

}  // namespace
}  // namespace breakwater::rules
