#include "proxy/reports/coverage.h"

#include <gmock/gmock.h>

namespace breakwater::reports {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr rules::SysSeconds kMonday = std::chrono::sys_days(std::chrono::year(2026) / 11 / 16);

Coverage stretch(minutes from, minutes until, Coverage::Counts counts = {}) {
  return {kMonday + from, kMonday + until, std::move(counts)};
}

safeguarding::Record record(std::string body) {
  safeguarding::Record made;
  made.kind = safeguarding::Kind::check;
  made.body = std::move(body);
  return made;
}

std::vector<std::string> sentences(const std::vector<Coverage>& all) {
  Covered covered(kMonday, kMonday + hours(24));
  for (const auto& one : all)
    covered.add(one);
  return covered.sentences("day", *rules::find_zone("Etc/UTC"));
}

TEST(Coverage, IsReadAsItIsWritten) {
  const auto made = stretch(hours(1), hours(2), {{"requests", 5}});
  const auto entry = to_entry(made);
  EXPECT_EQ(entry.body, R"({"what":"coverage","from":1794790800000,"until":1794794400000,"counts":{"requests":5}})");
  EXPECT_TRUE(entry.sealed.empty());
  const auto back = parse_coverage(record(entry.body));
  ASSERT_TRUE(back);
  EXPECT_EQ(back->from, made.from);
  EXPECT_EQ(back->until, made.until);
  EXPECT_EQ(back->counts, made.counts);
}

TEST(Coverage, DevicesAreReadAsTheyAreWritten) {
  auto made = stretch(hours(1), hours(2));
  made.devices = {{"D-A", "D-B"}, {"D-B"}, {"D-A"}};
  const auto back = parse_coverage(record(to_entry(made).body));
  ASSERT_TRUE(back);
  EXPECT_EQ(back->devices, made.devices);
}

TEST(Coverage, DevicesThatAreNoneAreLeftOut) {
  const std::string long_name(33, 'x');
  for (const auto& devices :
       {std::string("7"), std::string("[]"), std::string(R"({"listed":7,"random":{"a":1},"active":[1,null,["D-A"]]})"),
        R"({"listed":[")" + long_name + R"("]})"}) {
    const auto back =
        parse_coverage(record(R"({"what":"coverage","from":1,"until":2,"counts":{},"devices":)" + devices + "}"));
    ASSERT_TRUE(back) << devices;
    EXPECT_EQ(back->devices, Coverage::Devices()) << devices;
  }
}

TEST(Coverage, AnotherCheckIsNone) {
  for (const auto* const body :
       {"", "7", "{}", R"({"what":"canary","from":1,"until":2,"counts":{}})",
        R"({"what":"coverage","from":1,"until":2})", R"({"what":"coverage","from":3,"until":2,"counts":{}})",
        R"({"what":"coverage","from":-1,"until":2,"counts":{}})",
        R"({"what":"coverage","from":1.5,"until":2,"counts":{}})",
        R"({"what":"coverage","from":1,"until":18446744073709551615,"counts":{}})"})
    EXPECT_FALSE(parse_coverage(record(body))) << body;
  EXPECT_FALSE(parse_coverage({}));
}

TEST(Coverage, WhatWasSeenIsSaid) {
  EXPECT_THAT(
      sentences(
          {stretch(hours(0), hours(12), {{"requests", 900}, {"blocked", 20}, {"of_accounts", 450}, {"of_networks", 3}}),
           stretch(
               hours(12), hours(24),
               {{"requests", 100}, {"tunnels", 80}, {"tunnels_ech", 4}, {"hello_no_sni", 1}, {"of_devices", 547}})}),
      ElementsAre("The filter was running for the whole day.",
                  "The filter judged 1,000 requests and connections and stopped 20 of them.",
                  "Who asked was known by account for 45% of them, by device for 55%, and by the network alone "
                  "for less than 1%.",
                  "Of 80 encrypted connections, 4 may have hidden the site\u2019s true name (ECH) and 1 named "
                  "none; 0 asked for a bare number in place of a name. Of those the filter knows less."));
}

TEST(Coverage, WhatFailedIsSaid) {
  EXPECT_THAT(sentences({stretch(hours(0), hours(24), {{"engine_errors", 1}, {"record_failures", 2}})}).back(),
              "The filter could not judge 1 request, and could not write down 2 attempts in time: those were stopped.");
}

TEST(Coverage, WhatIsMissingIsSaid) {
  struct Row {
    std::vector<Coverage> all;
    std::string expected;
  };
  const Row rows[] = {
      {{}, "The filter left no figures of this day: it was not running, or did not keep any yet."},
      {{stretch(hours(-30), hours(-20))}, "The filter left no figures of this day"},
      {{stretch(hours(-1), hours(25))}, "running for the whole day"},
      {{stretch(hours(12), hours(24)), stretch(hours(0), minutes(12 * 60 - 1))}, "running for the whole day"},
      {{stretch(hours(0), hours(10)), stretch(hours(9), hours(11)), stretch(hours(13), hours(24))},
       "For 2 h of this day the filter left no figures. It was not running then, or ended without leaving any: Mon 16 "
       "Nov, 11:00 to Mon 16 Nov, 13:00."},
      {{stretch(hours(1), hours(2)), stretch(hours(3), hours(4)), stretch(hours(5), hours(6)),
        stretch(hours(7), hours(8)), stretch(hours(9), hours(10)), stretch(hours(11), hours(12)),
        stretch(hours(13), hours(24))},
       "; and 2 times more."},
  };
  for (const auto& [all, expected] : rows)
    EXPECT_THAT(sentences(all).front(), HasSubstr(expected));
}

}  // namespace
}  // namespace breakwater::reports
