#include "proxy/quota/ledger.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include "tests/proxy/quota/book_fixture.h"

namespace breakwater::quota {
namespace {

using testing::ElementsAre;

class LedgerTest : public BookTest {
 protected:
  std::unique_ptr<Ledger> open() {
    return std::make_unique<Ledger>(folder_.path(), tag,
                                    [this](const std::string& message) { told_.push_back(message); });
  }
  static std::string tag(const std::string& person) { return "P-" + person.substr(person.find(':') + 1); }
  std::filesystem::path file() const { return folder_.path() / "quota" / "ledger.json"; }

  const SysSeconds now_ = at("2026-11-23T10:31");
  std::vector<std::string> told_;
};

TEST_F(LedgerTest, KeepsItsCountsOverARestart) {
  EXPECT_EQ(spent_bits(*open()->hand_in(policy(), use(kDay, 1 << 20), now_), "P-ann", now_), kDay);
  struct stat status {};
  ASSERT_EQ(::stat(file().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600U);
  const auto again = open();
  EXPECT_EQ(spent_bits(*again->hand_in(policy(), {}, now_), "P-ann", now_), kDay);
  EXPECT_EQ(again->remaining(policy(), "user:ann", 0, now_)[1].bytes, 1U << 20);
  EXPECT_TRUE(told_.empty());
}

TEST_F(LedgerTest, WritesNoNameAndTakesThoseOfAnEarlierVersionOut) {
  Book book;
  book.add(policy(), use(kDay, 1 << 20), now_);
  ASSERT_EQ(write_book(folder_.path(), {now_, book.people()}), std::nullopt);
  auto ledger = open();
  EXPECT_EQ(ledger->remaining(policy(), "user:ann", 0, now_)[1].bytes, 1U << 20) << "it counts on";
  ledger.reset();
  std::string error;
  const auto people = read_book(folder_.path(), error).people;
  EXPECT_EQ(people.size(), 1U);
  EXPECT_TRUE(people.contains("P-ann"));
}

TEST_F(LedgerTest, ADamagedFileIsToldAndCountingBeginsAnew) {
  folder_.write("quota/ledger.json", "{\"time\":1");
  EXPECT_TRUE(open()->hand_in(policy(), {}, now_)->empty());
  EXPECT_THAT(told_, ElementsAre(file().string() + ": damaged: counting begins anew"));
}

TEST_F(LedgerTest, AFileThatCannotBeWrittenIsToldAndDoesNotStopTheCount) {
  folder_.write("quota", "a file where the folder should be");
  auto ledger = open();
  told_.clear();
  EXPECT_EQ(spent_bits(*ledger->hand_in(policy(), use(kDay, 1 << 20), now_), "P-ann", now_), kDay);
  ledger.reset();
  ASSERT_EQ(told_.size(), 1U);
  EXPECT_TRUE(told_[0].ends_with(": what is used is not kept over a restart")) << told_[0];
}

TEST_F(LedgerTest, TheFileIsReadAsItWasWritten) {
  Book book;
  book.add(policy(), use(kBreaks | kDay, 12345), now_);
  book.add(policy(), {{{"address:192.0.2.1", 1, kDay}, 7}}, now_ + std::chrono::seconds(1));
  const Written written{now_, book.people()};
  const auto text = to_json(written);
  const auto read = parse_book(text);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->time, now_);
  EXPECT_EQ(read->people, book.people());
  // Whatever happens to its bytes, it is read or refused.
  for (std::size_t size = 0; size < text.size(); ++size)
    EXPECT_FALSE(parse_book(std::string_view(text).substr(0, size))) << size;
  for (std::size_t i = 0; i < text.size(); ++i)
    for (const char c : {'0', '9', '-', '"', '{', '\0', '\xff'}) {
      auto changed = text;
      changed[i] = c;
      if (const auto parsed = parse_book(changed)) static_cast<void>(Book(parsed->people).spent(policy(), now_));
    }
}

TEST_F(LedgerTest, RefusesNumbersThatWouldOverflow) {
  const std::string front =
      R"({"time":1,"people":[{"person":"user:a","group":"learners","quotas":[{"quota":"day","seconds":)";
  const std::string back =
      R"(,"of_minutes":null,"bytes":1,"of_bytes":null,"last":1,"until":null,"slot":1,"slot_bytes":1}]}]})";
  EXPECT_TRUE(parse_book(front + "15" + back));
  for (const auto* number : {"-1", "9223372036854775807", "18446744073709551616", "1.5e300", "\"1\"", "null"})
    EXPECT_FALSE(parse_book(front + number + back)) << number;
}

}  // namespace
}  // namespace breakwater::quota
