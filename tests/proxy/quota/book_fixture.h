#pragma once

#include "proxy/quota/book.h"
#include "rules/civil_time.h"
#include "tests/rules/policy_fixture.h"

namespace breakwater::quota {

inline constexpr std::string_view kPolicy = R"(
[centre]
name = "Academy"
timezone = "Europe/London"
[lists]
local = "lists"
[[timetable]]
name = "learners"
outside = "closed"
[[timetable.period]]
name = "session"
days = ["Mon", "Tue"]
times = ["09:00-10:30", "10:45-12:30"]
[[timetable.period]]
name = "break"
days = ["Mon", "Tue"]
times = ["10:30-10:45"]
[[group]]
name = "learners"
networks = ["10.20.0.0/16"]
timetable = "learners"
[[group]]
name = "staff"
networks = ["10.30.0.0/16"]
[[quota]]
name = "breaks"
groups = ["learners"]
periods = ["break"]
categories = ["games"]
minutes = 1
per = "period"
[[quota]]
name = "day"
categories = ["social-media"]
minutes = 2
bytes = "1MiB"
per = "day"
)";
inline constexpr std::uint32_t kBreaks = 1;
inline constexpr std::uint32_t kDay = 2;

class BookTest : public testing::Test {
 protected:
  BookTest() {
    folder_.write("lists/games/domains", "games.example\n");
    folder_.write("lists/social-media/domains", "social.example\n");
    snapshot_ = rules::make_snapshot(folder_, kPolicy);
  }
  const rules::Policy& policy() const { return snapshot_->policy; }
  SysSeconds at(std::string_view civil) const { return *rules::parse_civil(civil, *policy().zone); }
  static Uses use(std::uint32_t quotas, std::uint64_t bytes, std::string person = "user:ann") {
    return {{{std::move(person), 0, quotas}, bytes}};
  }
  /// The bits that somebody has used up.
  std::uint32_t spent(const Book& book, SysSeconds now, const std::string& person = "user:ann") const {
    return spent_bits(book.spent(policy(), now), person, now);
  }

  rules::TemporaryFolder folder_;
  std::shared_ptr<const rules::Snapshot> snapshot_;
};

}  // namespace breakwater::quota
