// Texts that no person would write: too many, too deep, cut short, no policy at all.

#include <chrono>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rules/diagnostic_sink.h"
#include "tests/rules/policy_parse_fixture.h"

namespace breakwater::rules {
namespace {

using testing::ElementsAreArray;
using testing::IsEmpty;

using HostilePolicy = PolicyParse;

TEST_F(HostilePolicy, LimitsOnCounts) {
  const auto repeat = [](int count, std::string_view head, std::string_view tail) {
    std::string text;
    for (int i = 0; i < count; ++i)
      text += std::string(head) + std::to_string(i) + std::string(tail);
    return text;
  };
  const std::string rest(kRest);
  EXPECT_THAT(diagnose(rest + repeat(255, "[[group]]\nname = \"g", "\"\n")), IsEmpty());
  EXPECT_THAT(diagnose(rest + repeat(256, "[[group]]\nname = \"g", "\"\n")),
              ElementsAreArray({"519:1: error: more than 256 groups"}));
  EXPECT_THAT(diagnose(rest + repeat(257, "[[timetable]]\nname = \"t", "\"\n")),
              ElementsAreArray({"521:1: error: more than 256 timetables"}));
  EXPECT_THAT(diagnose(rest + repeat(4097, "[[rule]]\nblock = [\"adult\"]\nname = \"r", "\"\n")),
              ElementsAreArray({"12297:1: error: more than 4096 rules"}));
  EXPECT_THAT(diagnose("[lists]\n" + repeat(257, "[[lists.feed]]\npath = \"lists/ut1\"\nname = \"f", "\"\n") +
                       rest.substr(0, rest.find("[lists]"))),
              testing::Contains("770:1: error: more than 256 feeds"));
  EXPECT_THAT(diagnose("[[timetable]]\nname = \"t\"\n" +
                       repeat(257, "[[timetable.period]]\ndays = []\ntimes = []\nname = \"p", "\"\n") + rest),
              testing::Contains("1027:1: error: more than 256 periods in a timetable"));
  EXPECT_THAT(diagnose("[[timetable]]\nname = \"t\"\n[[timetable.exception]]\nperiod = \"outside\"\ndates = [" +
                       repeat(1001, "\"2026-05-04\", #", "\n") + "]\n" + rest),
              ElementsAreArray({"1:1: error: more than 1000 spans of dates in a timetable"}));
}

TEST_F(HostilePolicy, DeepKeysAndValuesAreRefused) {
  std::string key = "a";
  for (int i = 0; i < 200'000; ++i)
    key += ".a";
  EXPECT_THAT(diagnose(key + " = 1\n"), ElementsAreArray({"1:32: error: a key of more than 16 parts"}));
  EXPECT_THAT(diagnose("[" + key + "]\n"), ElementsAreArray({"1:33: error: a key of more than 16 parts"}));
  EXPECT_THAT(diagnose("x = 'a.b' # .................\ny = \"\"\"\n................\n\"\"\"\nz={" + key + "=1}"),
              ElementsAreArray({"5:35: error: a key of more than 16 parts"}));
  EXPECT_THAT(diagnose("a = " + std::string(200'000, '[')),
              ElementsAreArray({"1:37: error: Error while parsing value: exceeded maximum nested value depth of 32 "
                                "(TOML_MAX_NESTED_VALUES)"}));
  const std::string dots(100, '.');
  EXPECT_THAT(
      diagnose("# " + dots + "\nx = \"" + dots + "\\\"" + dots + "\"\ny = '" + dots + "'\nz = '''\n" + dots + "'''\n"),
      testing::Not(testing::Contains(testing::HasSubstr("16 parts"))));
}

/// toml++ as it comes aborts on the first two and has undefined behaviour in the others.
TEST_F(HostilePolicy, WhatTheLibraryStumblesOver) {
  for (const std::string_view text :
       {"[=]\n", "[#a]\n", "[\xc3\xa9]\n", "x = 2ti\x01\"\xc3\xa9\"\n", "\xef\xbb\x8f [[a]]\n"})
    EXPECT_THAT(diagnose(text), testing::ElementsAre(testing::StartsWith("1:"))) << text;
}

TEST_F(HostilePolicy, NoTextIsAPolicy) {
  for (const std::string_view text : {"<!DOCTYPE html><html></html>",
                                      "\x7f"
                                      "ELF\x02\x01",
                                      "name = \"\xff\xfe\"", "a", "=", "\""})
    EXPECT_THAT(diagnose(text), testing::ElementsAre(testing::HasSubstr("1:"))) << text;
  EXPECT_THAT(diagnose("a = \"" + std::string(10'000'000, 'x')), testing::SizeIs(1));
}

TEST_F(HostilePolicy, EveryTruncationIsAnswered) {
  const std::string whole =
      std::string(kWho) + "[essential]\nhosts = [\"a.example\"]\n[[rule]]\nname = \"r\"\nblock = [\"adult\"]\n";
  ASSERT_THAT(diagnose(whole), IsEmpty());
  for (std::size_t length = 0; length < whole.size(); ++length)
    diagnose(std::string_view(whole).substr(0, length));
}

class MillionEntries : public PolicyParse {
 protected:
  static constexpr int kCount = 1'000'000;

  std::vector<std::string> timed(const std::string& text) {
    const auto begin = std::chrono::steady_clock::now();
    auto lines = diagnose(text);
    const auto taken = std::chrono::steady_clock::now() - begin;
    EXPECT_LT(taken, std::chrono::seconds(20));
    RecordProperty("milliseconds", static_cast<int>(taken / std::chrono::milliseconds(1)));
    return lines;
  }
};

TEST_F(MillionEntries, Hosts) {
  std::string text = "[essential]\nhosts = [\n";
  for (int i = 0; i < kCount; ++i)
    text += "\"host" + std::to_string(i) + ".example\",\n";
  EXPECT_THAT(timed(text + "]\n" + std::string(kRest)), IsEmpty());
}

TEST_F(MillionEntries, CategoriesInOneLineOfARule) {
  std::string text = std::string(kWho) + "[[rule]]\nname = \"r\"\nblock = [";
  for (int i = 0; i < kCount; ++i)
    text += "\"social-media\", ";
  EXPECT_THAT(timed(text + "]\n"), IsEmpty());
}

TEST_F(MillionEntries, MistakesAreCounted) {
  std::string text = "[essential]\nhosts = [\n";
  for (int i = 0; i < kCount; ++i)
    text += i % 2 == 0 ? "\"a..b\",\n" : "\"a.example\",\n";
  const auto lines = timed(text + "]\n[bell]\ngrce = \"1s\"\n" + std::string(kRest));
  ASSERT_EQ(lines.size(), DiagnosticSink::kKept + 1);
  EXPECT_THAT(lines.front(), testing::StartsWith("3:1: error: \"a..b\" is no host"));
  EXPECT_THAT(lines[999], testing::StartsWith("2001:1: error: \"a..b\" is no host"));
  EXPECT_EQ(lines.back(), "error: and 499001 more");
}

}  // namespace
}  // namespace breakwater::rules
