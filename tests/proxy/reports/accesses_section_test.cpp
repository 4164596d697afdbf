#include "proxy/reports/accesses_section.h"

#include <gmock/gmock.h>

#include "proxy/reports/html.h"
#include "tests/proxy/safeguarding/case_fixture.h"

namespace breakwater::reports {
namespace {

using safeguarding::Entry;
using safeguarding::Kind;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class AccessesSectionTest : public safeguarding::CaseFixture {
 protected:
  void SetUp() override {
    CaseFixture::SetUp();
    append(episode("E-1", kStart));
    append(to_entry("E-1", safeguarding::Access{at(1), "A. Lead", "alerted", "show", "P-4T9ZQX2C"}));
    append(to_entry("", safeguarding::Access{at(2), "=cmd()", "<b>weekly</b>", "attempts", ""}));
    append(Entry{at(3), Kind::access, "", R"({"what":7})", {}});
    safeguarding::Deletion deletion;
    deletion.purpose = "retention: access_log after 90d";
    deletion.what = safeguarding::Deletion::What::elsewhere;
    deletion.count = 4;
    append(receipt(deletion, at(4)));
    ASSERT_TRUE(store_->sign_head(at(5)));
  }
  static safeguarding::Milliseconds at(int minutes) { return kStart + std::chrono::minutes(minutes); }
  std::vector<AccessEntry> read(safeguarding::Milliseconds since = {},
                                safeguarding::Milliseconds until = safeguarding::Milliseconds::max()) {
    auto opener = safeguarding::holding_opener(state_);
    auto found = read_accesses(*store_, since, until, opener ? &*opener : nullptr);
    EXPECT_TRUE(found);
    return found ? *found : std::vector<AccessEntry>();
  }

  const date::time_zone& zone_ = *rules::find_zone("Europe/London");
};

TEST_F(AccessesSectionTest, TellsLooksDeletionsAndKeysInTheirOrder) {
  const auto all = read();
  std::vector<std::string> told;
  for (const auto& entry : all)
    told.push_back(entry.what + "|" + entry.by + "|" + entry.subject + "|" + std::to_string(entry.count));
  EXPECT_THAT(told, ::testing::ElementsAre("show|A. Lead|P-4T9ZQX2C|0", "attempts|=cmd()||0", "access|||0",
                                           "deletion|||4", "key|||0"));
  EXPECT_EQ(all[0].reference, "E-1");
  EXPECT_EQ(read(at(2), at(4)).size(), 2U) << "the end is not in it";
  const auto closed = read_accesses(*store_, {}, safeguarding::Milliseconds::max());
  ASSERT_TRUE(closed);
  EXPECT_EQ(closed->at(0).why, safeguarding::kSealedWords);
  EXPECT_EQ(closed->at(3).why, "retention: access_log after 90d");
}

TEST_F(AccessesSectionTest, NoTextOfAnybodysActsAnywhere) {
  Document document;
  document.title = "Looks at names";
  add_accesses(read(), zone_, document.blocks);
  EXPECT_THAT(to_html(document), AllOf(HasSubstr("2 times"), HasSubstr("2 people"), HasSubstr("P-4T9ZQX2C, E-1"),
                                       HasSubstr("deletion: 4"), Not(HasSubstr("<b>weekly"))));
  EXPECT_THAT(to_csv(read(), zone_), AllOf(HasSubstr("record,time,what,by,why,reference,subject,count\r\n"),
                                           HasSubstr(",show,A. Lead,alerted,E-1,P-4T9ZQX2C,\r\n"),
                                           HasSubstr(",'=cmd(),"), HasSubstr("access_log after 90d,,,4\r\n")));
}

TEST_F(AccessesSectionTest, OfManyTheLatestAreShown) {
  Document document;
  document.title = "Looks at names";
  std::vector<AccessEntry> many(kMostAccesses + 5);
  for (std::size_t i = 0; i < many.size(); ++i)
    many[i].why = "why-" + std::to_string(i) + "-";
  add_accesses(many, zone_, document.blocks);
  const auto& table = std::get<Table>(document.blocks.back());
  EXPECT_EQ(table.rows.size(), kMostAccesses);
  EXPECT_EQ(table.rows.front().back().text, "why-5-");
  document.blocks.clear();
  add_accesses({}, zone_, document.blocks);
  EXPECT_EQ(document.blocks.size(), 2U) << "nothing to show is told";
}

}  // namespace
}  // namespace breakwater::reports
