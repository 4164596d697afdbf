#include "proxy/alerts/alert_records.h"

#include <array>

#include <gtest/gtest.h>

#include "tests/proxy/alerts/scene.h"
#include "tests/support/temporary_folder.h"

namespace breakwater::alerts {
namespace {

using safeguarding::Kind;
using safeguarding::Store;

class AlertRecords : public testing::Test {
 protected:
  AlertRecords() : store_(*Store::open(folder_.path(), Store::Mode::read_write)) {}
  void append(const safeguarding::Entry& entry) {
    const std::array entries{entry};
    const auto error = store_->append(entries);
    ASSERT_FALSE(error) << error->message;
  }

  test::TemporaryFolder folder_;
  std::unique_ptr<Store> store_;
};

TEST_F(AlertRecords, OnlyALookCountsAsSeen) {
  Letter letter;
  letter.reference = "E-1";
  letter.recipient = "Ann Lee";
  letter.to = "ann@example.org";
  letter.role = "dsl";
  for (const auto* state : {"queued", "sent", "given up", "left out", "in a digest"})
    append(to_entry(state, letter, kTen));
  append({kTen, Kind::episode, "E-1", "{}", ""});
  EXPECT_FALSE(is_seen(*store_, "E-1"));
  append({kTen, Kind::decision, "E-2", R"({"state":"seen"})", ""});
  append({kTen, Kind::access, "E-3", "{}", ""});
  append(acknowledgement("E-4", "Ann Lee", kTen));
  for (const auto* reference : {"E-2", "E-3", "E-4"})
    EXPECT_TRUE(is_seen(*store_, reference)) << reference;
  EXPECT_FALSE(is_seen(*store_, "E-1"));
}

TEST_F(AlertRecords, NamesAreInTheSealedPartAlone) {
  Letter letter;
  letter.recipient = "Ann Lee";
  letter.to = "ann@example.org";
  const auto entry = to_entry("sent", letter, kTen);
  EXPECT_EQ(entry.body, R"({"state":"sent","role":"","severity":"none","tries":0})");
  EXPECT_EQ(entry.sealed, R"({"recipient":"Ann Lee","to":"ann@example.org"})");
  EXPECT_EQ(acknowledgement("E-1", "Ann Lee", kTen).body, R"({"state":"acknowledged"})");
}

TEST_F(AlertRecords, KnowsEpisodes) {
  append({kTen, Kind::episode, "E-1", "{}", ""});
  append(acknowledgement("E-2", "Ann", kTen));
  for (const auto& [reference, expected] : {std::pair{"E-1", true}, {"E-2", false}, {"", false}}) {
    bool found = !expected;
    EXPECT_FALSE(find_episode(*store_, reference, found));
    EXPECT_EQ(found, expected) << reference;
  }
}

}  // namespace
}  // namespace breakwater::alerts
