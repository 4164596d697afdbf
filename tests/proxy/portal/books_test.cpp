#include <fstream>
#include <sstream>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>
#include <sys/stat.h>

#include "proxy/portal/acceptance_book.h"
#include "proxy/portal/review_book.h"
#include "tests/support/temporary_folder.h"

namespace breakwater::portal {
namespace {

using rules::Acceptance;
using test::TemporaryFolder;

class Books : public testing::Test {
 protected:
  std::unique_ptr<AcceptanceBook> acceptances() {
    auto book =
        std::make_unique<AcceptanceBook>(folder_.path(), tag, [this](const auto& text) { told_ += text + "\n"; });
    if (const auto failed = book->open()) told_ += *failed;
    return book;
  }
  std::string text(const char* name) const {
    std::ostringstream out;
    out << std::ifstream(folder_.path() / "portal" / name).rdbuf();
    return out.str();
  }

  static std::string tag(std::string_view person) { return "P-" + std::string(person.substr(person.find(':') + 1)); }

  TemporaryFolder folder_;
  std::string told_;
};

const Accepted kAnn{"2026-11-23T10:00:00Z", "user:ann", "1", "the \"learners\"", "cy"};

constexpr rules::SysSeconds kNow(std::chrono::seconds(1'795'428'000));  // 2026-11-23 10:00 UTC

// Tomorrow somebody else may have it.
TEST_F(Books, OfABareAddressAnAcceptanceCountsForTheDay) {
  auto accepted = kAnn;
  accepted.person = "address:10.20.1.2";
  EXPECT_EQ(acceptances()->add(accepted), std::nullopt);
  const auto book = acceptances();
  EXPECT_EQ(book->of(accepted.person, "1", kNow + std::chrono::hours(13)), Acceptance::given);
  EXPECT_EQ(book->of(accepted.person, "1", kNow + std::chrono::hours(14)), Acceptance::missing);
  EXPECT_EQ(book->of(accepted.person, "1", kNow - std::chrono::hours(11)), Acceptance::missing);
}

TEST_F(Books, AnAcceptanceOutlivesTheGateway) {
  auto book = acceptances();
  EXPECT_EQ(book->of("user:ann", "1", kNow), Acceptance::missing);
  EXPECT_EQ(book->add(kAnn), std::nullopt);
  EXPECT_EQ(book->add(kAnn), std::nullopt) << "again";
  for (const auto& known : {std::move(book), acceptances()}) {
    EXPECT_EQ(known->of("user:ann", "1", kNow), Acceptance::given);
    EXPECT_EQ(known->of("user:ann", "2", kNow), Acceptance::missing);
    EXPECT_EQ(known->of("user:bob", "1", kNow), Acceptance::missing);
  }
  EXPECT_EQ(text("acceptances.log"),
            R"({"time":"2026-11-23T10:00:00Z","person":"P-ann","version":"1","group":"the \"learners\"",)"
            R"("language":"cy","known_by":"user"})"
            "\n");
  struct stat status {};
  ASSERT_EQ(::stat((folder_.path() / "portal/acceptances.log").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600);
  EXPECT_EQ(told_, "");
}

/// Cut at every byte: what was whole before stays, the rest is gone, and what comes next is read again.
TEST_F(Books, ACutFileLosesItsLastLineAlone) {
  acceptances()->add(kAnn);
  const auto whole = text("acceptances.log");
  for (std::size_t length = 0; length < whole.size(); ++length) {
    folder_.write("portal/acceptances.log", whole + whole.substr(0, length));
    auto bob = kAnn;
    bob.person = "user:bob";
    EXPECT_EQ(acceptances()->add(bob), std::nullopt);
    EXPECT_EQ(acceptances()->of("user:ann", "1", kNow), Acceptance::given);
    EXPECT_EQ(acceptances()->of("user:bob", "1", kNow), Acceptance::given) << length;
  }
  EXPECT_EQ(told_, "");
}

TEST_F(Books, DamagedLinesAreToldAndLeftOut) {
  acceptances()->add(kAnn);
  folder_.write("portal/acceptances.log", "junk\n[1]\n{\"person\":7}\n" + text("acceptances.log"));
  EXPECT_EQ(acceptances()->of("user:ann", "1", kNow), Acceptance::given);
  EXPECT_EQ(told_, "portal/acceptances.log: 2 damaged lines are left out\n");
}

TEST_F(Books, WhatCannotBeWrittenIsNotAccepted) {
  const auto book = acceptances();
  std::filesystem::remove(folder_.path() / "portal/acceptances.log");
  std::filesystem::create_directory(folder_.path() / "portal/acceptances.log");
  EXPECT_NE(book->add(kAnn), std::nullopt);
  EXPECT_EQ(book->of("user:ann", "1", kNow), Acceptance::missing);
}

TEST_F(Books, AFullFileTakesNoMore) {
  const auto book = acceptances();
  std::filesystem::resize_file(folder_.path() / "portal/acceptances.log", Book::kMostBytes);
  const auto failed = book->add(kAnn);
  ASSERT_TRUE(failed);
  EXPECT_THAT(*failed, testing::HasSubstr("it has reached 64 MiB"));
}

Review review(const std::string& person, const std::string& reference, const std::string& kind = "review") {
  Review made;
  made.person = person;
  made.reference = reference;
  made.kind = kind;
  return made;
}

TEST_F(Books, ReviewsAreLimitedByPersonAndDay) {
  constexpr std::chrono::sys_days kDay{std::chrono::days(20780)};
  ReviewBook book(folder_.path(), tag);
  ASSERT_EQ(book.open(), std::nullopt);
  std::string error;
  for (std::size_t i = 0; i < ReviewBook::kPerPerson; ++i) {
    EXPECT_EQ(book.add(kDay, review("ann", std::to_string(i)), error), ReviewBook::Added::kept);
    EXPECT_EQ(book.add(kDay, review("ann", "0"), error), ReviewBook::Added::kept) << "said before";
  }
  EXPECT_EQ(book.add(kDay, review("ann", "0", "accident"), error), ReviewBook::Added::too_many);
  EXPECT_EQ(book.add(kDay, review("bob", "0"), error), ReviewBook::Added::kept);
  EXPECT_EQ(book.add(kDay + std::chrono::days(1), review("ann", "x"), error), ReviewBook::Added::kept);
  std::size_t count = 0;
  std::uint64_t damaged = 0;
  EXPECT_EQ(read_reviews(
                folder_.path(), [&](const Review&) { ++count; }, damaged),
            std::nullopt);
  EXPECT_EQ(count, ReviewBook::kPerPerson + 2);
  EXPECT_THAT(text("reviews.log"), testing::HasSubstr(R"("person":"P-bob")"));
}

TEST_F(Books, AFileThatIsNotThereIsEmpty) {
  std::uint64_t damaged = 0;
  EXPECT_EQ(read_reviews(
                folder_.path(), [](const Review&) { FAIL(); }, damaged),
            std::nullopt);
}

TEST(ReviewText, IsPrintableAndBounded) {
  EXPECT_EQ(clean_review_text("for unit 3\r\n\tplease\n"), "for unit 3   please");
  EXPECT_EQ(clean_review_text("\x1b[2J\x7f\xC2\x85\xFF\xC3\xA9"), " [2J  \xEF\xBF\xBD\xC3\xA9");
  EXPECT_EQ(clean_review_text(std::string(2000, 'x')).size(), kMaxReviewText);
}

}  // namespace
}  // namespace breakwater::portal
