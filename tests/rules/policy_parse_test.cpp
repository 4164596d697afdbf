#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/rules/policy_parse_fixture.h"

namespace breakwater::rules {
namespace {

using testing::ElementsAreArray;
using testing::IsEmpty;

TEST_F(PolicyParse, WholePolicy) {
  EXPECT_THAT(diagnose(R"(
[centre]
name = "Academy"
timezone = "Europe/London"
[lists]
local = "lists/local"
exceptions = "lists/one.txt"
[[lists.feed]]
name = "ut1"
path = "lists/ut1"
format = "auto"
[[lists.feed]]
name = "single"
path = "lists/one.txt"
format = "domains"
category = "gambling"
[lists.map]
"ut1/agressif" = "extremism"
[[group]]
name = "learners"
networks = ["10.20.0.0/16", "fd00:20::/64", "127.0.0.0/8"]
timetable = "week"
default = "block"
[[group]]
name = "guests"
catch_all = true
[[timetable]]
name = "week"
outside = "closed"
[[timetable.period]]
name = "session"
days = ["Mon", "Fri"]
times = ["09:00-10:30", "23:00-01:00"]
[[timetable.period]]
name = "break"
days = ["Mon"]
times = ["10:30-10:45", "22:00-23:00"]
[[timetable.exception]]
dates = ["2026-12-21..2027-01-03", "2026-05-04"]
period = "closed"
note = "Christmas"
[floor]
categories = ["terrorism", "gambling"]
[essential]
hosts = ["Teams.Microsoft.com", "bücher.example"]
[concern]
terrorism = "danger"
[bell]
grace = "30s"
[[rule]]
name = "sessions"
groups = ["learners"]
periods = ["session"]
allow = ["social-media/linkedin"]
block = ["social-media"]
)"),
              IsEmpty());
  ASSERT_TRUE(file_);
  const auto& sources = file_->sources();
  ASSERT_EQ(sources.all.size(), 4U);
  const auto one = [&](std::size_t i) { return std::pair(sources.all[i].name, sources.all[i].path); };
  EXPECT_EQ(one(0), std::pair(std::string("ut1"), folder_.path() / "lists/ut1"));
  EXPECT_EQ(one(1), std::pair(std::string("single"), folder_.path() / "lists/one.txt"));
  EXPECT_EQ(one(2), std::pair(std::string("local"), folder_.path() / "lists/local"));
  EXPECT_EQ(one(3), std::pair(std::string("exceptions"), folder_.path() / "lists/one.txt"));
  EXPECT_EQ(sources.all[1].category, "gambling");
  EXPECT_EQ(sources.all[1].format, categories::ListFormat::domains);
  EXPECT_EQ(sources.all[0].role, categories::ListRole::feed);
  EXPECT_EQ(sources.all[2].role, categories::ListRole::local);
  EXPECT_EQ(sources.all[3].role, categories::ListRole::exception);
  EXPECT_EQ(sources.map.at("ut1/agressif"), "extremism");
}

TEST_F(PolicyParse, EachMistakeWithItsPlace) {
  struct Case {
    std::string text;
    std::vector<std::string> expected;
  };
  const Case table[] = {
      {"", {}},
      // Types.
      {"[bell]\ngrace = 60\n", {"2:9: error: grace: expected a string, found an integer"}},
      {"[bell]\n  grace = [\"60s\"]\n", {"2:11: error: grace: expected a string, found an array"}},
      {"[floor]\ncategories = \"adult\"\n", {"2:14: error: categories: expected an array of strings, found a string"}},
      {"[floor]\ncategories = [\"adult\", 7, 2026-01-01]\n",
       {"2:24: error: categories: expected a string, found an integer",
        "2:27: error: categories: expected a string, found a date"}},
      {"floor = 1.5\n", {"1:9: error: floor: expected [floor], found a float"}},
      {"rule = true\n", {"1:8: error: rule: expected [[rule]], found a boolean"}},
      {"[rule]\nname = \"r\"\n", {"1:1: error: rule: expected [[rule]], found a table"}},
      {"rule = [1]\n", {"1:9: error: rule: expected a table, found an integer"}},
      {"[[timetable]]\nname = \"t\"\n[timetable.period]\n",
       {"3:1: error: period: expected [[timetable.period]], found a table"}},
      {"[[group]]\nname = \"g\"\ncatch_all = \"yes\"\n",
       {"3:13: error: catch_all: expected true or false, found a string"}},
      // Keys.
      {"[bell]\ngrce = \"60s\"\n", {"2:1: error: unknown key \"grce\" in [bell]; did you mean \"grace\"?"}},
      {"[bel]\ngrace = \"60s\"\n", {"1:2: error: unknown key \"bel\" in the policy; did you mean \"bell\"?"}},
      {"[[group]]\nname = \"g\"\nnetwork = []\nwhatever = 1\n",
       {"3:1: error: unknown key \"network\" in [[group]]; did you mean \"networks\"?",
        "4:1: error: unknown key \"whatever\" in [[group]]"}},
      {"[[group]]\n", {"1:1: error: [[group]] lacks the key \"name\""}},
      {"[[timetable]]\nname = \"t\"\n[[timetable.period]]\n",
       {"3:1: error: [[timetable.period]] lacks the key \"name\"",
        "3:1: error: [[timetable.period]] lacks the key \"days\"",
        "3:1: error: [[timetable.period]] lacks the key \"times\""}},
      {"[[timetable]]\nname = \"t\"\n[[timetable.exception]]\n",
       {"3:1: error: [[timetable.exception]] lacks the key \"period\"",
        "3:1: error: [[timetable.exception]] lacks the key \"dates\""}},
      // Labels.
      {"[[group]]\nname = \"\"\n", {"2:8: error: name: \"\" is empty"}},
      {"[[group]]\nname = \"a\\u0007b\"\n", {"2:8: error: name: \"a\\x07b\" holds a control character"}},
      {"[[group]]\nname = \"" + std::string(201, 'x') + "\"\n",
       {"2:8: error: name: \"" + std::string(80, 'x') + "...\" is longer than 200 bytes"}},
      // Columns count bytes.
      {"[floor]\ncategories = [\"\xc3\xa9\xe2\x82\xac\", 7]\n",
       {"2:15: error: \"\xc3\xa9\xe2\x82\xac\" is no category (lower case, hyphens, a child after a slash)",
        "2:24: error: categories: expected a string, found an integer"}},
      // Values.
      {"[floor]\ncategories = [\"Adult\", \"a b\", \"\", \"a/b/c\", \"a/\"]\n",
       {"2:15: error: \"Adult\" is no category (lower case, hyphens, a child after a slash)",
        "2:24: error: \"a b\" is no category (lower case, hyphens, a child after a slash)",
        "2:31: error: \"\" is no category (lower case, hyphens, a child after a slash)",
        "2:35: error: \"a/b/c\" is no category (lower case, hyphens, a child after a slash)",
        "2:44: error: \"a/\" is no category (lower case, hyphens, a child after a slash)"}},
      {"[essential]\nhosts = [\"ok.example\", \"a..b\", \"1.2.3\", \"\"]\n",
       {"2:24: error: \"a..b\" is no host: " + std::string(to_string(categories::HostError::bad_label)),
        "2:41: error: \"\" is no host: " + std::string(to_string(categories::HostError::empty))}},
      {"[concern]\nadult = \"high\"\nweapons = \"notice\"\ngambling = 3\n\"x y\" = \"notice\"\n",
       {"2:9: error: \"high\" is no concern (write notice, warning or danger)",
        "4:12: error: gambling: expected a string, found an integer",
        "5:1: error: \"x y\" is no category (lower case, hyphens, a child after a slash)"}},
      {"[bell]\ngrace = \"60\"\n", {"2:9: error: grace: \"60\" has no unit (write 250ms, 60s, 5m or 1h)"}},
      {"[bell]\ngrace = \"soon\"\n", {"2:9: error: grace: \"soon\" is no duration (write 250ms, 60s, 5m or 1h)"}},
      {"[bell]\ngrace = \"2d\"\n", {"2:9: error: grace: \"2d\" has an unknown unit (there are ms, s, m and h)"}},
      {"[bell]\ngrace = \"61m\"\n", {"2:9: error: grace: \"61m\" is over 1h"}},
      {"[bell]\ngrace = \"9999h\"\n", {"2:9: error: grace: \"9999h\" is over 8784h"}},
      {"[[group]]\nname = \"g\"\ndefault = \"deny\"\n",
       {"3:11: error: default: \"deny\" is neither \"allow\" nor \"block\""}},
      // Networks.
      {"[[group]]\nname = \"g\"\nnetworks = [\"10.20.1.0/16\", \"fd00::1/64\", \"10.0.0.0/33\", \"x\", "
       "\"10.0.0.0/\"]\n",
       {"3:13: error: \"10.20.1.0/16\" has host bits set; did you mean \"10.20.0.0/16\"?",
        "3:29: error: \"fd00::1/64\" has host bits set; did you mean \"fd00::/64\"?",
        "3:43: error: \"10.0.0.0/33\" is no network (write 10.20.0.0/16 or fd00:20::/64)",
        "3:58: error: \"x\" is no network (write 10.20.0.0/16 or fd00:20::/64)",
        "3:63: error: \"10.0.0.0/\" is no network (write 10.20.0.0/16 or fd00:20::/64)"}},
      {"[[group]]\nname = \"a\"\nnetworks = [\"10.0.0.0/8\", \"10.0.0.0/8\"]\n[[group]]\nname = \"b\"\n"
       "networks = [\"10.0.0.0/16\", \"10.0.0.0/8\"]\n",
       {"3:27: error: network \"10.0.0.0/8\" stands twice in this group",
        "6:28: error: network \"10.0.0.0/8\" belongs to group \"a\" already (line 3)"}},
      // Groups and names that stand twice.
      {"[[group]]\nname = \"a\"\ncatch_all = true\n[[group]]\nname = \"b\"\ncatch_all = true\n",
       {"6:13: error: group \"a\" is the catch-all already (line 3)"}},
      {"[[group]]\nname = \"a\"\n[[group]]\nname = \"a\"\n", {"4:8: error: group \"a\" stands twice, first in line 2"}},
      {"[[timetable]]\nname = \"a\"\n[[timetable]]\nname = \"a\"\n",
       {"4:8: error: timetable \"a\" stands twice, first in line 2"}},
      {"[[rule]]\nname = \"a\"\nblock = [\"adult\"]\n[[rule]]\nname = \"a\"\nblock = [\"adult\"]\n",
       {"5:8: error: rule \"a\" stands twice, first in line 2"}},
      {"[[group]]\nname = \"g\"\ntimetable = \"weak\"\n[[timetable]]\nname = \"week\"\n",
       {"3:13: error: unknown timetable \"weak\"; did you mean \"week\"?"}},
      // Syntax: the parser stops at the first.
      {"[bell\ngrace = \"60s\"\n", {"1:6: error: Error while parsing table header: expected ']', saw '\\n'"}},
  };
  for (const auto& [text, expected] : table)
    EXPECT_THAT(diagnose(std::string(text) + std::string(kRest)), ElementsAreArray(expected)) << text;
}

TEST_F(PolicyParse, Timetables) {
  struct Case {
    std::string_view days;
    std::string_view times;
    std::vector<std::string> expected;
  };
  const auto no_span = [](std::string_view at, std::string_view text) {
    return "10:" + std::string(at) + ": error: \"" + std::string(text) + "\" is no span of time (write 09:00-10:30)";
  };
  const Case table[] = {
      {R"(["Tue", "Wed"])", R"(["00:00-24:00"])", {}},
      {R"(["Mon"])",
       R"(["00:00-24:00"])",
       {"10:10: error: \"00:00-24:00\" of \"a\" overlaps \"17:00-01:00\" of \"z\" on Mon"}},
      {R"(["Mon"])", R"(["09:00-10:00", "10:00-11:00", "23:00-00:00"])", {}},
      {R"(["Mon"])", R"(["9:00-10:30"])", {no_span("10", "9:00-10:30")}},
      {R"(["Mon"])", R"(["09:00"])", {no_span("10", "09:00")}},
      {R"(["Mon"])", R"(["24:00-10:00"])", {no_span("10", "24:00-10:00")}},
      {R"(["Mon"])", R"(["09:00-24:01"])", {no_span("10", "09:00-24:01")}},
      {R"(["Mon"])", R"(["09:60-10:00"])", {no_span("10", "09:60-10:00")}},
      {R"(["Mon"])",
       R"(["09:00 - 10:00", "09:00-10:00-11:00", "", "-"])",
       {no_span("10", "09:00 - 10:00"), no_span("27", "09:00-10:00-11:00"), no_span("48", ""), no_span("52", "-")}},
      {R"(["Mon"])", R"(["09:00-09:00"])", {"10:10: error: \"09:00-09:00\" is empty (a whole day is 00:00-24:00)"}},
      {R"([])", R"([])", {"9:8: error: days is empty", "10:9: error: times is empty"}},
      {R"(["Monday", "mon"])",
       R"(["09:00-10:00"])",
       {"9:9: error: \"Monday\" is no day (write Mon, Tue, Wed, Thu, Fri, Sat or Sun)",
        "9:19: error: \"mon\" is no day (write Mon, Tue, Wed, Thu, Fri, Sat or Sun)"}},
      {R"(["Mon", "Mon"])", R"(["09:00-10:00"])", {"9:16: error: \"Mon\" stands twice in days"}},
      {R"(["Mon", "Wed"])",
       R"(["09:00-10:00", "09:30-11:00"])",
       {"10:25: error: \"09:30-11:00\" of \"a\" overlaps \"09:00-10:00\" of \"a\" on Mon, Wed"}},
      {R"(["Sat"])",
       R"(["16:30-17:30"])",
       {"10:10: error: \"16:30-17:30\" of \"a\" overlaps \"17:00-01:00\" of \"z\" on Sat"}},
      // Over midnight, and from Sunday into Monday.
      {R"(["Tue", "Wed"])",
       R"(["22:00-02:00", "01:30-02:30"])",
       {"10:25: error: \"01:30-02:30\" of \"a\" overlaps \"22:00-02:00\" of \"a\" on Wed"}},
      {R"(["Sun", "Mon"])",
       R"(["22:00-02:00", "01:30-03:00"])",
       {"10:10: error: \"22:00-02:00\" of \"a\" overlaps \"17:00-01:00\" of \"z\" on Sun",
        "10:25: error: \"01:30-03:00\" of \"a\" overlaps \"22:00-02:00\" of \"a\" on Mon"}},
  };
  for (const auto& [days, times, expected] : table) {
    const auto text = R"([[timetable]]
name = "t"
[[timetable.period]]
name = "z"
days = ["Sat", "Sun"]
times = ["17:00-01:00"]
[[timetable.period]]
name = "a"
days = )" + std::string(days) +
                      "\ntimes = " + std::string(times) + '\n';
    EXPECT_THAT(diagnose(text + std::string(kRest)), ElementsAreArray(expected)) << days << times;
  }
}

TEST_F(PolicyParse, Exceptions) {
  struct Case {
    std::string_view dates;
    std::vector<std::string> expected;
  };
  const auto no_date = [](std::string_view at, std::string_view text) {
    return "5:" + std::string(at) + ": error: \"" + std::string(text) +
           "\" is no date or span of dates (write 2026-05-04 or 2026-12-21..2027-01-03)";
  };
  const Case table[] = {
      {R"(["2026-05-04", "2026-12-21..2027-01-03", "2026-12-21..2026-12-21"])", {}},
      {R"([])", {"5:9: error: dates is empty"}},
      {R"(["2026-02-29", "04/05/2026", "2026-05-04..", "..2026-05-04", "2026-05-04...2026-05-05"])",
       {no_date("10", "2026-02-29"), no_date("24", "04/05/2026"), no_date("38", "2026-05-04.."),
        no_date("54", "..2026-05-04"), no_date("70", "2026-05-04...2026-05-05")}},
      {R"(["2027-01-03..2026-12-21"])", {"5:10: error: \"2027-01-03..2026-12-21\" ends before it begins"}},
      {R"([2026-05-04])", {"5:10: error: dates: expected a string, found a date"}},
  };
  for (const auto& [dates, expected] : table) {
    const auto text =
        "[[timetable]]\nname = \"t\"\n[[timetable.exception]]\nperiod = \"outside\"\ndates = " + std::string(dates) +
        '\n';
    EXPECT_THAT(diagnose(text + std::string(kRest)), ElementsAreArray(expected)) << dates;
  }
  EXPECT_THAT(
      diagnose("[[timetable]]\nname = \"t\"\noutside = \"closed\"\n[[timetable.exception]]\nperiod = \"closd\"\n"
               "dates = [\"2026-05-04\"]\n" +
               std::string(kRest)),
      ElementsAreArray({"5:10: warning: period \"closd\" is in neither this timetable's week nor a rule; did you "
                        "mean \"closed\"?"}));
}

TEST_F(PolicyParse, WeeksTermsAndCalendars) {
  const std::string head = "[[timetable]]\nname = \"t\"\n";
  const std::string period = "[[timetable.period]]\nname = \"p\"\ndays = [\"Mon\"]\ntimes = [\"09:00-10:00\"]\n";
  const std::string calendar = "[[timetable.calendar]]\nname = \"mis\"\n";
  struct Case {
    std::string text;
    std::vector<std::string> expected;
  };
  const Case table[] = {
      {"weeks = 2\nfirst_week = \"2026-09-09\"\nterms = [\"2026-09-07..2026-12-18\"]\n" + period +
           "weeks = [\"A\"]\n[[timetable.period]]\nname = \"q\"\ndays = [\"Mon\"]\ntimes = [\"09:00-10:00\"]\n"
           "weeks = [\"B\"]\n",
       {}},
      {"weeks = 9\n", {"3:9: error: weeks: 9 is out of bounds (1 to 8)"}},
      {"weeks = 2\n", {"3:9: error: weeks that take turns need first_week, a date in a week A"}},
      {"first_week = \"7 Sep\"\n", {"3:14: error: first_week: \"7 Sep\" is no date (write 2026-09-07)"}},
      {"terms = []\n", {"3:9: error: terms is empty"}},
      {"terms = [\"2026-12-18..2026-09-07\"]\n", {"3:10: error: \"2026-12-18..2026-09-07\" ends before it begins"}},
      {period + "weeks = [\"A\", \"B\"]\n",
       {"7:15: error: \"B\" is no week of this timetable (say weeks = 2 for a fortnight)"}},
      {period + "weeks = [\"A\", \"A\"]\n", {"7:15: error: \"A\" stands twice in weeks"}},
      {"weeks = 2\nfirst_week = \"2026-09-07\"\n" + period + period,
       {"12:10: error: \"09:00-10:00\" of \"p\" overlaps \"09:00-10:00\" of \"p\" on Mon"}},
      {"weeks = 2\nfirst_week = \"2026-09-07\"\n"
       "[[timetable.period]]\nname = \"a\"\ndays = [\"Sun\"]\nweeks = [\"B\"]\ntimes = [\"22:00-02:00\"]\n"
       "[[timetable.period]]\nname = \"b\"\ndays = [\"Mon\"]\nweeks = [\"A\"]\ntimes = [\"01:00-03:00\"]\n",
       {"14:10: error: \"01:00-03:00\" of \"b\" overlaps \"22:00-02:00\" of \"a\" on Mon"}},
      {"[[timetable.exception]]\nperiod = \"outside\"\ndates = [\"2026-05-04\"]\ntimes = [\"9-10\"]\n",
       {"6:10: error: \"9-10\" is no span of time (write 09:00-10:30)"}},
      {calendar + "period = \"outside\"\n", {"3:1: error: a calendar needs a path or a url"}},
      {calendar + "period = \"outside\"\npath = \"gone.ics\"\n", {"6:8: error: path: there is no file \"gone.ics\""}},
      {calendar + "period = \"outside\"\npath = \"lists/one.txt\"\nurl = \"https://mis.test/t.ics\"\n",
       {"7:7: error: a calendar has a path or a url, not both"}},
      {calendar + "url = \"http://mis.test/t.ics\"\nperiod = \"outside\"\n",
       {"5:7: error: url: \"http://mis.test/t.ics\" can be changed by anyone on the way (use https, or say plain_http "
        "= "
        "true)"}},
      {calendar + "path = \"lists/one.txt\"\n",
       {"3:1: error: a calendar needs a period for its events, or [timetable.calendar.events]"}},
      {calendar + "path = \"lists/one.txt\"\n[timetable.calendar.events]\n\"Lunch\" = \"outsid\"\n",
       {"7:11: warning: period \"outsid\" is in neither this timetable's week nor a rule; did you mean \"outside\"?"}},
      {"[[timetable.calendar]]\nname = \"A/b\"\npath = \"lists/one.txt\"\nperiod = \"outside\"\n",
       {"4:8: error: calendar name \"A/b\" must be lower case with hyphens"}},
  };
  for (const auto& [text, expected] : table)
    EXPECT_THAT(diagnose(head + text + std::string(kRest)), ElementsAreArray(expected)) << text;
}

TEST_F(PolicyParse, Lists) {
  struct Case {
    std::string_view text;
    std::vector<std::string> expected;
  };
  const Case table[] = {
      {"local = \"lists/gone\"\n", {"2:9: warning: local: there is no folder \"lists/gone\", so no local list counts"}},
      {"local = \"lists/one.txt\"\n", {"2:9: error: local: \"lists/one.txt\" is no folder"}},
      {"exceptions = \"gone\"\n", {"2:14: error: exceptions: there is no file or folder \"gone\""}},
      {"[[lists.feed]]\nname = \"f\"\npath = \"gone\"\n", {"4:8: error: path: there is no file or folder \"gone\""}},
      {"[[lists.feed]]\nname = \"f\"\n", {"2:1: error: [[lists.feed]] needs a path or a url"}},
      {"[[lists.feed]]\nname = \"f\"\npath = \"lists/a\\u0000b\"\n",
       {"4:8: error: path: \"lists/a\\x00b\" holds a control character"}},
      {"[[lists.feed]]\nname = \"f\"\npath = \"lists/ut1\"\nformat = \"squid\"\n",
       {"5:10: error: unknown format \"squid\" (auto, squidguard, domains, hosts, urls, expressions, keywords, "
        "adblock, "
        "rpz, dnsmasq, unbound, addresses, e2guardian, v2fly)"}},
      {"[[lists.feed]]\nname = \"f\"\npath = \"lists/ut1\"\ncategory = \"adult\"\n",
       {"5:12: error: category is for a single file, and \"lists/ut1\" is a folder"}},
      {"[[lists.feed]]\nname = \"local\"\npath = \"lists/ut1\"\n", {"3:8: error: feed name \"local\" is reserved"}},
      {"[[lists.feed]]\nname = \"a/b\"\npath = \"lists/ut1\"\n",
       {"3:8: error: feed name \"a/b\" must be lower case with hyphens"}},
      {"[[lists.feed]]\nname = \"f\"\npath = \"lists/ut1\"\n[[lists.feed]]\nname = \"f\"\npath = \"lists/ut1\"\n",
       {"6:8: error: list \"f\" stands twice, first in line 3"}},
      {"[[lists.feed]]\nname = \"feed\"\npath = \"lists/ut1\"\n[lists.map]\n\"fed/x\" = \"adult\"\n\"feed\" = "
       "\"adult\"\n"
       "\"feed/y\" = \"Adult\"\n\"feed/ok\" = \"adult\"\n",
       {"6:1: error: unknown feed \"fed\"; did you mean \"feed\"?", "7:1: error: \"feed\" must be \"feed/folder\"",
        "8:12: error: \"Adult\" is no category (lower case, hyphens, a child after a slash)"}},
      {"feeds = []\n", {"2:1: error: unknown key \"feeds\" in [lists]; did you mean \"feed\"?"}},
  };
  const std::string rest(kRest);
  const auto without_lists = rest.substr(0, rest.find("[lists]")) + rest.substr(rest.find("[[group]]"));
  for (const auto& [text, expected] : table)
    EXPECT_THAT(diagnose("[lists]\n" + std::string(text) + without_lists), ElementsAreArray(expected)) << text;
  EXPECT_THAT(diagnose(without_lists), ElementsAreArray({"warning: there is no [lists]: no site has a category"}));
}

TEST_F(PolicyParse, CentreAndNoGroup) {
  EXPECT_THAT(diagnose("[lists]\n"), ElementsAreArray({"warning: there is no [[group]]: every client is refused",
                                                       "1:1: error: the policy lacks the key \"centre\""}));
  EXPECT_THAT(diagnose("[centre]\ntimezone = \"Europe/Londn\"\n[lists]\n[[group]]\nname = \"g\"\n"),
              ElementsAreArray({"1:1: error: [centre] lacks the key \"name\"",
                                "2:12: error: unknown time zone \"Europe/Londn\"; did you mean \"Europe/London\"?"}));
}

TEST_F(PolicyParse, Rules) {
  struct Case {
    std::string_view text;
    std::vector<std::string> expected;
  };
  // [[rule]] is line 7.
  const Case table[] = {
      {"name = \"r\"\nallow = [\"adult\"]\n", {}},
      {"name = \"r\"\n", {"7:1: error: this rule says nothing: it needs allow or block"}},
      {"name = \"r\"\nallow = []\nblock = []\n", {"7:1: error: this rule says nothing: it needs allow or block"}},
      {"block = [\"adult\"]\n", {"7:1: error: [[rule]] lacks the key \"name\""}},
      {"name = \"r\"\ngroups = []\nperiods = []\nblock = [\"adult\"]\n",
       {"9:10: error: groups is empty", "10:11: error: periods is empty"}},
      {"name = \"r\"\ngroups = [\"staff\", \"lerners\"]\nblock = [\"adult\"]\n",
       {"9:20: error: unknown group \"lerners\"; did you mean \"learners\"?"}},
      {"name = \"r\"\nperiods = [\"session\", \"sesion\"]\nblock = [\"adult\"]\n",
       {"9:23: error: unknown period \"sesion\"; did you mean \"session\"?"}},
      {"name = \"r\"\ngroups = [\"staff\"]\nperiods = [\"session\"]\nblock = [\"adult\"]\n",
       {"10:12: error: period \"session\" is in no timetable of this rule's groups"}},
      {"name = \"r\"\nallow = [\"games\",\n  \"adult\"]\nblock = [\"drugs\", \"adult\"]\n",
       {"11:19: error: this rule both allows (line 10) and blocks \"adult\""}},
      {"name = \"r\"\nblock = \"adult\"\n", {"9:9: error: block: expected an array of strings, found a string"}},
  };
  for (const auto& [text, expected] : table)
    EXPECT_THAT(diagnose(std::string(kWho) + "[[rule]]\n" + std::string(text)), ElementsAreArray(expected)) << text;
}

TEST_F(PolicyParse, ReportsEverythingAtOnceInTheOrderOfTheFile) {
  EXPECT_THAT(
      diagnose("[bell]\ngrace = 1\n[[rule]]\nname = \"r\"\ngroups = [\"x\"]\nblock = [\"adult\"]\n[[group]]\nname = 3\n"
               "[centre]\nname = \"a\"\ntimezone = \"Mars\"\n"),
      ElementsAreArray({"warning: there is no [lists]: no site has a category",
                        "2:9: error: grace: expected a string, found an integer", "5:11: error: unknown group \"x\"",
                        "8:8: error: name: expected a string, found an integer",
                        "11:12: error: unknown time zone \"Mars\""}));
}

}  // namespace
}  // namespace breakwater::rules
