// What is recorded of self-tests, and the evidence sheet that is made of it.

#include "proxy/selftest/records.h"

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "proxy/reports/evidence_sheet.h"
#include "proxy/reports/html.h"
#include "rules/civil_time.h"
#include "tests/support/temporary_folder.h"

namespace breakwater::selftest {
namespace {

using nlohmann::json;
using std::chrono::hours;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

const safeguarding::Milliseconds kTime =
    rules::SysSeconds(std::chrono::sys_days(std::chrono::year(2026) / 11 / 23)) + hours(7);

Run sample(std::string id, bool passes) {
  Run run;
  run.id = std::move(id);
  run.by = "schedule";
  run.time = kTime;
  run.took = std::chrono::milliseconds(12);
  run.groups = {"learners", "staff"};
  run.doors = {"proxy", "intercepted HTTP"};
  run.probes = 12;
  run.lists_version = 7;
  run.policy = "0123456789ab";
  Target terrorism;
  terrorism.category = "terrorism";
  terrorism.what = "canary";
  Target entry;
  entry.kind = Target::Kind::list_entry;
  entry.category = "hate";
  entry.what = "entry 7 of ut1/hate/domains";
  entry.host = "secret.example";
  Target hate;
  hate.category = "hate";
  hate.what = "canary";
  hate.gap = "No list in force names a site of this category.";
  run.checks = {{terrorism, {}, {}}, {entry, {}, {}}, {hate, {}, {}}};
  if (!passes)
    for (const auto at : {1U, 2U})
      run.checks[at].misses = {{"staff", {"HTTP", "HTTPS"}, "LET THROUGH (default)", "Name \"hate\" in [floor]."}};
  return run;
}

TEST(SelftestRecords, OneForTheRunAndOneForEachMiss) {
  const auto good = to_entries(sample("S-1", true));
  ASSERT_EQ(1U, good.size());
  EXPECT_EQ(safeguarding::Kind::check, good[0].kind);
  EXPECT_EQ("S-1", good[0].reference);
  EXPECT_EQ("", good[0].sealed);
  const auto body = json::parse(good[0].body);
  EXPECT_EQ("3 checks as 2 groups, 12 questions: all as they should be", body["result"]);
  EXPECT_TRUE(body["passed"]);
  EXPECT_EQ((std::vector<std::string>{"terrorism", "hate"}), body["blocked"]);

  const auto bad = to_entries(sample("S-2", false));
  ASSERT_EQ(3U, bad.size());
  EXPECT_FALSE(json::parse(bad[0].body)["passed"]);
  EXPECT_EQ((std::vector<std::string>{"hate"}), json::parse(bad[0].body)["let_through"]);
  EXPECT_EQ("hate, entry 7 of ut1/hate/domains", json::parse(bad[1].body)["what"]);
  EXPECT_EQ("staff: LET THROUGH (default) by HTTP, HTTPS", json::parse(bad[1].body)["result"]);
  for (const auto& entry : bad)
    EXPECT_THAT(entry.body, Not(HasSubstr("secret.example")));
  EXPECT_THAT(to_json(sample("S-2", false)), Not(HasSubstr("secret.example")));
  EXPECT_THAT(miss_lines(sample("S-2", false)),
              ElementsAre(HasSubstr("hate, entry 7"), HasSubstr("hate, canary: staff")));
}

TEST(SelftestRecords, OneThatCouldNotBeDone) {
  selftest::Run run;
  run.failure = "no gateway answers";
  const auto entries = to_entries(run);
  ASSERT_EQ(1U, entries.size());
  EXPECT_FALSE(json::parse(entries[0].body)["passed"]);
  EXPECT_EQ("could not be done: no gateway answers", json::parse(entries[0].body)["result"]);
}

TEST(SelftestRecords, ManyMissesAreCut) {
  auto run = sample("S-1", false);
  run.checks.assign(5000, run.checks[1]);
  EXPECT_EQ(1 + kMostMisses, to_entries(run).size());
  EXPECT_EQ(5000U, json::parse(to_entries(run)[0].body)["missed"]);
}

class EvidenceTest : public testing::Test {
 protected:
  EvidenceTest() : store_(*safeguarding::Store::open(folder_.path(), safeguarding::Store::Mode::read_write)) {
    evidence_.centre = "Academy <b>";
    evidence_.zone = rules::find_zone("Europe/London");
    evidence_.from = std::chrono::floor<std::chrono::seconds>(kTime) - hours(24);
    evidence_.until = evidence_.made = evidence_.from + hours(48);
  }
  void append(const std::vector<safeguarding::Entry>& entries) { ASSERT_FALSE(store_->append(entries)); }
  std::string sheet() {
    EXPECT_FALSE(reports::collect_evidence(*store_, evidence_));
    return reports::to_html(reports::evidence_sheet(evidence_));
  }

  test::TemporaryFolder folder_;
  std::unique_ptr<safeguarding::Store> store_;
  reports::Evidence evidence_;
};

TEST_F(EvidenceTest, SaysWhenWhoWhatResultAndAction) {
  append(to_entries(sample("S-1", true)));
  append(to_entries(sample("S-2", false)));
  append({note("S-2", "A. Lead", "hate put into the floor", kTime + hours(72))});
  append({note("S-9", "A. Lead", "of another time", kTime)});
  ASSERT_TRUE(store_->sign_head(kTime));
  const auto html = sheet();
  ASSERT_EQ(2U, evidence_.runs.size());
  EXPECT_EQ(2U, evidence_.runs[1].missed.size());
  for (const auto* const text :
       {"checked 2 times", "did not pass", "Mon 23 Nov", "the filter itself, as scheduled", "terrorism",
        "learners, staff", "proxy, intercepted HTTP", "hate put into the floor (A. Lead)", "in [floor].",
        "version 7 of the lists, policy 0123456789ab", "No list in force names a site of this category.",
        "Academy &lt;b&gt;", "bwh1."})
    EXPECT_THAT(html, HasSubstr(text)) << text;
  EXPECT_THAT(html, Not(HasSubstr("of another time")));
  EXPECT_THAT(html, Not(HasSubstr("None is written down")));
}

TEST_F(EvidenceTest, AMissOfWhichNothingIsWrittenDownStandsOut) {
  append(to_entries(sample("S-2", false)));
  EXPECT_THAT(sheet(), HasSubstr("Something is still to be written down"));
}

TEST_F(EvidenceTest, NoCheckIsNoEvidence) {
  append({{kTime, safeguarding::Kind::check, "x", "{\"what\":\"other\",\"result\":\"\",\"passed\":true}", ""}});
  EXPECT_THAT(sheet(), HasSubstr("This sheet therefore shows nothing about the filter."));
}

TEST_F(EvidenceTest, BodiesThatAreOddDoNoHarm) {
  for (const auto* const body :
       {R"({"type":"run"})", R"({"type":"run","passed":1,"groups":7,"blocked":[1,null],"lists":-1,"by":{}})",
        R"({"type":"note"})", R"({"type":"miss","what":[]})", R"({"type":7})"})
    append({{kTime, safeguarding::Kind::check, "S-1", body, ""}});
  EXPECT_THAT(sheet(), HasSubstr("checked 2 times"));
  EXPECT_EQ(reports::Check::Outcome::failed, evidence_.runs[1].outcome);
}

}  // namespace
}  // namespace breakwater::selftest
