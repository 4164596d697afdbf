#include "proxy/reports/collect.h"

#include "proxy/reports/coverage.h"
#include "tests/proxy/safeguarding/case_fixture.h"

namespace breakwater::reports {
namespace {

using rules::Concern;
using safeguarding::CaseState;
using safeguarding::Kind;
using std::chrono::hours;

class CollectTest : public safeguarding::CaseFixture {
 protected:
  Report collected(safeguarding::Opener* opener = nullptr) {
    const auto from = std::chrono::floor<std::chrono::days>(kStart);
    const Wanted wanted{"Academy", rules::find_zone("Etc/UTC"), Audience::dsl,       "week",
                        from,      from + hours(7 * 24),        from + hours(8 * 24)};
    const auto report = collect(*store_, wanted, opener);
    EXPECT_TRUE(report);
    return *report;
  }

  void append_attempt(safeguarding::Milliseconds time, const std::string& id) {
    auto made = attempt(id, time.time_since_epoch().count());
    made.theme = "drugs";
    made.concern = "notice";
    ASSERT_FALSE(store_->append(std::span(&made, 1)));
  }
};

TEST_F(CollectTest, CountsWhatIsInTheTime) {
  append(episode("E-OLD", kStart - hours(24 * 30)));  // nobody looked at it
  append(episode("E-LAST", kStart - hours(24 * 3), Concern::notice));
  append(to_entry("E-LAST", safeguarding::Decision{kStart, CaseState::seen, "", "", "A. Lead"}));
  append(episode("E-1", kStart));
  append(episode("E-2", kStart + hours(24), Concern::notice));
  append(episode("E-NEXT", kStart + hours(24 * 7)));
  append_attempt(kStart - hours(10), "before");
  append_attempt(kStart, "one");
  append_attempt(kStart + hours(24), "two");
  append_attempt(kStart + hours(24 * 7), "after");
  append({kStart, Kind::check, "canary", R"({"what":"terrorism as learners","result":"blocked","passed":true})", {}});
  append({kStart, Kind::check, "canary", R"({"what":"malware as staff","result":"open","passed":false})", {}});
  append({kStart, Kind::check, "canary", R"({"what":"no answer"})", {}});

  const auto report = collected();
  ASSERT_EQ(report.episodes.size(), 2U);
  EXPECT_EQ(report.episodes[0].reference, "E-1");
  EXPECT_EQ(report.episodes[0].person, "");
  EXPECT_EQ(report.episodes[0].state, "new");
  ASSERT_EQ(report.waiting.size(), 1U);
  EXPECT_EQ(report.waiting[0].reference, "E-OLD");
  EXPECT_EQ(report.people, 1U);
  ASSERT_EQ(report.themes.size(), 1U);
  EXPECT_EQ(report.themes[0].theme, "Drugs");
  EXPECT_EQ(report.themes[0].episodes, (BySeverity{0, 1, 0, 1}));
  EXPECT_EQ(report.themes[0].attempts, (BySeverity{0, 2, 0, 0}));
  EXPECT_EQ(report.themes[0].episodes_before, 1U);
  ASSERT_EQ(report.days.size(), 7U);
  EXPECT_EQ(total(report.days[0].attempts), 1U);
  EXPECT_EQ(total(report.days[1].attempts), 1U);
  EXPECT_EQ(total(report.days[6].attempts), 0U);
  ASSERT_EQ(report.weeks.size(), 8U);
  EXPECT_EQ(total(report.weeks[7].episodes), 2U);
  EXPECT_EQ(total(report.weeks[6].episodes), 1U);
  EXPECT_EQ(total(report.weeks[6].attempts), 1U);
  ASSERT_EQ(report.checks.size(), 2U);
  EXPECT_EQ(report.checks[1].outcome, Check::Outcome::failed);
  EXPECT_FALSE(report.head);
}

TEST_F(CollectTest, HasWhoOpenedNamesAndWhatTheFilterSaw) {
  append(episode("E-1", kStart));
  append(to_entry("E-1", safeguarding::Access{kStart, "A. Lead", "alerted", "show", "P-1"}));
  append(to_entry("E-1", safeguarding::Access{kStart + hours(24 * 7), "A. Lead", "late", "show", "P-1"}));
  append({kStart, Kind::alert, "E-1", R"({"state":"sent","role":"dsl","severity":"danger","tries":0})", {}});
  append(to_entry(Coverage{kStart - hours(1), kStart, {{"requests", 7}}}));
  const auto report = collected();
  ASSERT_EQ(report.accesses.size(), 1U);
  EXPECT_EQ(report.accesses[0].by, "A. Lead");
  EXPECT_EQ(report.accesses[0].why, safeguarding::kSealedWords);
  EXPECT_EQ(report.accesses[0].reference, "E-1");
  EXPECT_TRUE(report.checks.empty());
  const auto has = [](const auto& all, auto find) { return std::any_of(all.begin(), all.end(), find); };
  EXPECT_TRUE(
      has(report.coverage, [](const std::string& text) { return text.starts_with("The filter judged 7 requests"); }));
  EXPECT_TRUE(has(report.episodes.at(0).timeline, [](const Step& step) { return step.what == "E-mail to dsl: sent"; }));
}

TEST_F(CollectTest, ASelfTestIsOneCheckWhateverItMissed) {
  append({kStart, Kind::check, "S-1", R"({"what":"Self-test","result":"2 MISSED","passed":false,"type":"run"})", {}});
  for (const auto* const what : {"hate, canary", "hate, entry 2"})
    append({kStart,
            Kind::check,
            "S-1",
            std::string(R"({"what":")") + what + R"(","result":"staff: LET THROUGH","passed":false,"type":"miss"})",
            {}});
  append({kStart + hours(1),
          Kind::check,
          "S-1",
          R"({"what":"Action taken","result":"put right","passed":true,"type":"note","by":"A. Tech"})",
          {}});
  append({kStart, Kind::check, "S-0", R"({"what":"x","result":"of no run","passed":false,"type":"miss"})", {}});
  append({kStart, Kind::check, "S-2", R"({"what":"Self-test","result":"all well","passed":true,"type":"run"})", {}});
  const auto report = collected();
  ASSERT_EQ(report.checks.size(), 2U);
  EXPECT_EQ(report.checks[0].missed,
            (std::vector<std::string>{"hate, canary: staff: LET THROUGH", "hate, entry 2: staff: LET THROUGH"}));
  EXPECT_EQ(report.checks[0].actions, std::vector<std::string>{"put right (A. Tech)"});
  EXPECT_EQ(report.checks[1].outcome, Check::Outcome::passed);
}

TEST_F(CollectTest, HasTheLastHead) {
  append(episode("E-1", kStart));
  const auto head = store_->sign_head(kStart + hours(1));
  ASSERT_TRUE(head);
  const auto report = collected();
  ASSERT_TRUE(report.head);
  EXPECT_EQ(report.head->seq, static_cast<std::uint64_t>(head->seq));
  EXPECT_EQ(report.head->signature, to_text(*head));
}

TEST_F(CollectTest, NamesOnlyWithAKey) {
  append(episode("E-1", kStart));
  auto opener = safeguarding::holding_opener(state_);
  ASSERT_TRUE(opener);
  const auto opened = collected(&*opener).episodes.at(0);
  EXPECT_EQ(opened.person, "jo.bloggs");
  EXPECT_EQ(opened.host_names, std::vector<std::string>{"danger.example"});
  EXPECT_EQ(opened.how_sure, "A device.");
  const safeguarding::crypto::KeyPair other = safeguarding::crypto::make_key_pair();
  safeguarding::Opener stranger(other, {});
  EXPECT_EQ(collected(&stranger).episodes.at(0).person, "");
}

TEST_F(CollectTest, AnEmptyStore) {
  const auto report = collected();
  EXPECT_TRUE(report.episodes.empty());
  EXPECT_TRUE(report.themes.empty());
  EXPECT_EQ(report.coverage.at(0),
            "No attempt was recorded in this week. That alone does not show that the filter was running.");
}

}  // namespace
}  // namespace breakwater::reports
