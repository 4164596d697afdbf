#include "proxy/admin/pass_book.h"

#include <fstream>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "tests/rules/engine_fixture.h"
#include "tests/support/file_size_limit.h"

namespace breakwater::admin {
namespace {

using ::testing::ElementsAre;

class PassBookTest : public rules::Centre {
 protected:
  PassBookTest() {
    load(policy());
    open();
  }

  void open() {
    book_ = std::make_unique<PassBook>(state_.path(), [this](const std::string& text) { told_.push_back(text); });
  }
  std::string grant(std::string category, std::string until = "bell") {
    auto pass = rules::make_pass({"learners", std::move(category), "", std::move(until), "a tutor", "a lesson"},
                                 *engine_, now_);
    EXPECT_TRUE(pass);
    const auto granted = book_->grant(*pass, {1, 2, 3}, now_);
    return granted ? granted->id : granted.error().why;
  }
  /// "grant ID", ... without the members that `shown` does not name.
  std::vector<std::string> events() const {
    std::vector<std::string> lines;
    std::ifstream stream(state_.path() / "passes.log");
    for (std::string line; std::getline(stream, line);) {
      const auto event = nlohmann::json::parse(line);
      auto text = event["event"].get<std::string>();
      for (const auto* key : {"category", "client", "until", "by", "why", "uid", "uses", "clients"})
        if (event.contains(key))
          text += ' ' + (event[key].is_string() ? event[key].get<std::string>() : event[key].dump());
      lines.push_back(text);
    }
    return lines;
  }
  std::vector<std::string> in_force() const {
    std::vector<std::string> names;
    for (const auto& record : book_->records())
      names.push_back(record.pass.category);
    return names;
  }

  const test::TemporaryFolder state_;
  rules::SysSeconds now_ = at("2026-11-23T10:00");
  std::vector<std::string> told_;
  std::unique_ptr<PassBook> book_;
};

TEST_F(PassBookTest, RecordsTheLifeOfAPass) {
  const auto games = grant("games");
  const auto chat = grant("chat", "10:05");
  EXPECT_NE(games, chat);
  book_->note_use(games, "10.20.1.2", 2, now_);
  book_->note_use(games, "10.20.1.3", 1, now_);
  book_->note_use("gone", "10.20.1.3", 1, now_);
  book_->save();
  open();  // a restart: who has used it is known
  book_->note_use(games, "10.20.1.2", 5, now_);
  book_->end_past(at("2026-11-23T10:05"));
  EXPECT_THAT(in_force(), ElementsAre("games"));
  EXPECT_EQ(book_->revoke(chat, "a tutor", {}, now_), "there is no such pass; see `breakwater pass list`");
  EXPECT_EQ(book_->revoke(games, "another", {4, 5, 6}, now_), std::nullopt);
  EXPECT_THAT(in_force(), ElementsAre());
  EXPECT_THAT(events(),
              ElementsAre("grant games 2026-11-23T10:30:00Z a tutor 2", "grant chat 2026-11-23T10:05:00Z a tutor 2",
                          "use 10.20.1.2", "use 10.20.1.3", "end time 0 0", "revoke another 5 8 2"));
  EXPECT_THAT(told_, ElementsAre());
  open();
  EXPECT_THAT(in_force(), ElementsAre());
}

TEST_F(PassBookTest, ANewPolicyEndsOrShortensWhatItMust) {
  grant("games");
  grant("chat");
  auto text = policy();
  text.replace(text.find("\"weapons\"]"), 10, "\"weapons\", \"games\"]");
  text.replace(text.find("09:00-10:30"), 11, "09:00-10:20");
  load(text);
  book_->revise(*engine_, now_);
  EXPECT_THAT(in_force(), ElementsAre("chat"));
  EXPECT_EQ(civil(book_->records()[0].pass.until), "2026-11-23T10:20");
  EXPECT_THAT(events(),
              ElementsAre(::testing::_, ::testing::_, "end \"games\" is in the floor, which no pass lifts 0 0",
                          "shorten 2026-11-23T10:20:00Z"));
  EXPECT_THAT(told_, ElementsAre(::testing::EndsWith(" ends: \"games\" is in the floor, which no pass lifts")));
}

TEST_F(PassBookTest, WhatCannotBeRecordedIsNotGrantedAndStillRevoked) {
  const auto games = grant("games");
  {
    const testing::FileSizeLimit full(10);
    EXPECT_THAT(grant("chat"), ::testing::StartsWith("the grant cannot be recorded: "));
    EXPECT_EQ(book_->revoke(games, "a tutor", {}, now_), std::nullopt);
    book_->save();
    EXPECT_EQ(told_.size(), 2U);  // the log, the file
  }
  EXPECT_THAT(in_force(), ElementsAre());
  book_->save();
  EXPECT_THAT(events(), ElementsAre(::testing::StartsWith("grant games"), "revoke a tutor 0 0 0"));
  open();
  EXPECT_THAT(in_force(), ElementsAre());
}

TEST_F(PassBookTest, HasLimits) {
  for (std::size_t i = 0; i < rules::kMaxPasses; ++i)
    grant("games");
  EXPECT_EQ(grant("games"), "there are 64 passes already; revoke one");
  const auto id = book_->records()[0].pass.id;
  for (std::size_t i = 0; i < 2000; ++i)
    book_->note_use(id, std::to_string(i), 1, now_);
  const auto& record = book_->records()[0];
  EXPECT_EQ(record.clients.size(), PassRecord::kMostClients + 1);
  EXPECT_EQ(record.uses(), 2000U);
}

TEST_F(PassBookTest, ADamagedFileIsTold) {
  state_.write("passes.json", "{");
  open();
  EXPECT_THAT(told_, ElementsAre((state_.path() / "passes.json").string() + ": damaged: no pass is in force"));
}

}  // namespace
}  // namespace breakwater::admin
