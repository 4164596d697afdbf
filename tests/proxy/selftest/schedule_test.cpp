#include "proxy/selftest/schedule.h"

#include "rules/civil_time.h"
#include "tests/rules/policy_fixture.h"

namespace breakwater::selftest {
namespace {

constexpr std::string_view kCentre = R"(
[centre]
name = "Academy"
timezone = "Europe/London"
[lists]
[[group]]
name = "learners"
networks = ["10.20.0.0/16"]
)";
constexpr std::string_view kTimetable = R"(timetable = "week"
[[timetable]]
name = "week"
outside = "closed"
  [[timetable.period]]
  name = "session"
  days = ["Mon", "Tue", "Wed", "Thu", "Fri"]
  times = ["09:00-16:30"]
  [[timetable.exception]]
  dates = ["2026-12-21..2027-01-03"]
  period = "closed"
)";
const std::vector<int> kAt{7 * 60 + 30};

class ScheduleTest : public testing::Test {
 protected:
  void use(const std::string& policy) {
    snapshot_ = rules::make_snapshot(folder_, policy);
    ASSERT_TRUE(snapshot_);
  }
  rules::SysSeconds at(std::string_view text) const { return *rules::parse_civil(text, *snapshot_->policy.zone); }
  bool due(std::string_view after, std::string_view until) const {
    return is_due(snapshot_->policy, kAt, at(after), at(until));
  }

  test::TemporaryFolder folder_;
  std::shared_ptr<const rules::Snapshot> snapshot_;
};

TEST_F(ScheduleTest, WorkingDaysAreThoseWithHours) {
  use(std::string(kCentre) + std::string(kTimetable));
  const auto works = [&](std::string_view text) { return is_working_day(snapshot_->policy, at(text)); };
  EXPECT_TRUE(works("2026-11-23T00:00"));
  EXPECT_TRUE(works("2026-11-27T23:59"));
  EXPECT_FALSE(works("2026-11-28T12:00"));
  EXPECT_FALSE(works("2026-12-21T12:00")) << "holidays";
  EXPECT_TRUE(works("2027-01-04T12:00"));
}

TEST_F(ScheduleTest, WithoutTimetablesFromMondayToFriday) {
  use(std::string(kCentre));
  EXPECT_TRUE(is_working_day(snapshot_->policy, at("2026-11-23T00:00")));
  EXPECT_FALSE(is_working_day(snapshot_->policy, at("2026-11-29T23:59")));
}

TEST_F(ScheduleTest, IsDueOnceADay) {
  use(std::string(kCentre) + std::string(kTimetable));
  EXPECT_TRUE(due("2026-11-23T07:29:59", "2026-11-23T07:30"));
  EXPECT_FALSE(due("2026-11-23T07:30", "2026-11-23T07:30:01"));
  EXPECT_FALSE(due("2026-11-23T07:30", "2026-11-24T07:29:59"));
  EXPECT_TRUE(due("2026-11-23T23:00", "2026-11-24T09:00")) << "the machine slept";
  EXPECT_FALSE(due("2026-11-28T00:00", "2026-11-29T23:00")) << "a weekend";
  EXPECT_FALSE(due("2026-11-24T08:00", "2026-11-23T07:00")) << "the clock was set back";
  EXPECT_TRUE(due("2026-10-23T08:00", "2026-10-26T07:30")) << "over the end of summer time";
  EXPECT_FALSE(is_due(snapshot_->policy, {}, at("2026-11-23T07:00"), at("2026-11-23T08:00")));
}

}  // namespace
}  // namespace breakwater::selftest
