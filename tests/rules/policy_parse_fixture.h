#pragma once

#include <string>

#include "tests/rules/policy_fixture.h"

namespace breakwater::rules {

class PolicyParse : public testing::Test {
 protected:
  PolicyParse() {
    folder_.write("lists/ut1/gambling/domains", "bet365.com\n");
    folder_.write("lists/one.txt", "a.example\n");
    folder_.write("lists/local/allow/domains", "b.example\n");
  }

  std::vector<std::string> diagnose(std::string_view text) {
    categories::Diagnostics diagnostics;
    file_ = PolicyFile::parse(text, folder_.path() / "policy.toml", diagnostics);
    EXPECT_EQ(file_ == nullptr, categories::has_errors(diagnostics)) << text;
    return shown(diagnostics);
  }

  TemporaryFolder folder_;
  std::unique_ptr<const PolicyFile> file_;
};

/// Stands after what is tested, so that its lines count from 1.
inline constexpr std::string_view kRest = R"(
[centre]
name = "Academy"
timezone = "Europe/London"
[lists]
[[group]]
name = "everyone"
networks = ["192.0.2.0/24"]
)";

/// Stands before it, in one line, where timetables and groups are needed.
inline constexpr std::string_view kWho =
    R"(timetable = [{name = "week", period = [{name = "session", days = ["Mon"], times = ["09:00-10:00"]}]}, {name = "none"}]
group = [{name = "learners", timetable = "week"}, {name = "staff", timetable = "none", networks = ["10.30.0.0/16"]}]
[centre]
name = "Academy"
timezone = "Europe/London"
[lists]
)";

}  // namespace breakwater::rules
