#include "proxy/reports/blind.h"

#include <gmock/gmock.h>

namespace breakwater::reports {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr rules::SysSeconds kMonday = std::chrono::sys_days(std::chrono::year(2026) / 11 / 16);

std::vector<std::string> blind(const std::vector<Coverage>& all, rules::SysSeconds made) {
  Covered covered(kMonday, std::min(kMonday + hours(24), made));
  for (const auto& one : all)
    covered.add(one);
  return blind_sentences(covered, "day", made, *rules::find_zone("Etc/UTC"));
}

Coverage stretch(minutes from, minutes until, Coverage::Counts counts = {}) {
  return {kMonday + from, kMonday + until, std::move(counts)};
}

TEST(Blind, SaysNothingWhereAllWasSeen) {
  EXPECT_THAT(blind({stretch(hours(0), hours(24), {{"requests", 7}})}, kMonday + hours(48)), IsEmpty());
  EXPECT_THAT(blind({stretch(hours(0), hours(10))}, kMonday + hours(11)), IsEmpty()) << "the hour before is to come";
}

TEST(Blind, TellsTimesAttemptsAndRequests) {
  EXPECT_THAT(blind({}, kMonday + hours(48)), ElementsAre(HasSubstr("it is not known that the filter was running")));
  EXPECT_THAT(blind({stretch(hours(0), hours(9)), stretch(hours(12), hours(23))}, kMonday + hours(48)),
              ElementsAre(HasSubstr("the longest time from Mon 16 Nov, 09:00 to Mon 16 Nov, 12:00")));
  EXPECT_THAT(
      blind({stretch(hours(0), hours(24), {{"record_failures", 2}, {"engine_errors", 1}})}, kMonday + hours(48)),
      ElementsAre(HasSubstr("2 attempts could not be recorded"), HasSubstr("1 request could not be judged")));
}

}  // namespace
}  // namespace breakwater::reports
