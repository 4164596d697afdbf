#include "proxy/safeguarding/verify.h"

#include <gmock/gmock.h>

#include "tests/proxy/safeguarding/state_folder.h"

namespace breakwater::safeguarding {
namespace {

using ::testing::HasSubstr;

Milliseconds at(std::int64_t ms) {
  return Milliseconds(std::chrono::milliseconds(ms));
}

class VerifyTest : public StateFolder {
 protected:
  /// Six attempts, the key (7), a head (8), two more attempts that no head covers yet.
  void make_chain() {
    auto store = *Store::open(state_, Store::Mode::read_write);
    for (int i = 1; i <= 6; ++i)
      ASSERT_FALSE(store->append(std::vector{attempt("a" + std::to_string(i), i)}));
    head_ = *store->sign_head(at(7));
    ASSERT_FALSE(store->append(std::vector{attempt("a9", 9), attempt("a10", 10)}));
  }
  Verification verify(const std::vector<Head>& heads = {}) {
    std::string error;
    const auto found = verify_state(state_, heads, error);
    EXPECT_TRUE(found) << error;
    return found.value_or(Verification{});
  }
  std::string fault(const std::vector<Head>& heads = {}) {
    const auto found = verify(heads);
    return found.fault ? std::to_string(found.fault->seq) + ": " + found.fault->message : "none";
  }
  /// Somebody who knows the algorithm gives every record from `first` on the hash that follows from the one before.
  void link_anew(std::int64_t first) {
    std::vector<Record> records;
    auto store = *Store::open(state_, Store::Mode::read_write);
    ASSERT_FALSE(store->each({}, [&](const Record& record) { records.push_back(record); }));
    store.reset();
    const auto connection = raw();
    Digest before = kNoRecord;
    for (auto& record : records) {
      if (record.seq >= first) {
        record.body_digest = crypto::digest(*record.body);
        record.hash = link(before, record);
        const auto blob = [](const Digest& digest) {
          std::string hex = "x'";
          for (const auto byte : digest) {
            hex += "0123456789abcdef"[byte >> 4U];
            hex += "0123456789abcdef"[byte & 15U];
          }
          return hex + "'";
        };
        query(connection, "UPDATE records SET body_digest = " + blob(record.body_digest) +
                              ", hash = " + blob(record.hash) + " WHERE seq = " + std::to_string(record.seq));
      }
      before = record.hash;
    }
  }

  Head head_;
};

TEST_F(VerifyTest, WhatNobodyTouchedIsAsItWasWritten) {
  make_chain();
  const auto found = verify({head_});
  EXPECT_FALSE(found.fault);
  EXPECT_EQ(found.records, 10);
  EXPECT_EQ(found.heads, 1);
  EXPECT_EQ(found.first, at(1));
  EXPECT_EQ(found.last, at(10));
  ASSERT_TRUE(found.head);
  EXPECT_EQ(to_text(*found.head), to_text(head_));
}

TEST_F(VerifyTest, EveryKindOfTamperingIsNamedWithItsFirstRecord) {
  constexpr const char* kMoved =
      "3: record 3 is not the one that was written here: records were removed, inserted, reordered or edited from "
      "here on";
  constexpr const char* kEdited =
      "3: record 3 was edited: its time, kind, reference or a digest is not what was written";
  const struct {
    const char* sql;
    std::string fault;
  } cases[] = {
      {"UPDATE records SET time = time + 1 WHERE seq = 3", kEdited},
      {"UPDATE records SET kind = 'check' WHERE seq = 3", kEdited},
      {"UPDATE records SET reference = 'x' WHERE seq = 3", kEdited},
      {"UPDATE records SET body = replace(body, 'danger', 'notice') || ' ' WHERE seq = 3",
       "3: the body of record 3 was edited"},
      {"UPDATE records SET body_digest = randomblob(32) WHERE seq = 3", "3: the body of record 3 was edited"},
      {"UPDATE records SET body = NULL WHERE seq = 3", "3: the body of record 3 was removed, and no deletion says so"},
      {"UPDATE records SET body = NULL, body_digest = randomblob(32) WHERE seq = 3", kEdited},
      {"UPDATE records SET sealed = randomblob(99) WHERE seq = 3", "3: the sealed part of record 3 was edited"},
      {"UPDATE records SET sealed_digest = randomblob(32) WHERE seq = 3", "3: the sealed part of record 3 was edited"},
      {"UPDATE records SET sealed = NULL WHERE seq = 3",
       "3: the sealed part of record 3 was removed, and no deletion says so"},
      {"UPDATE records SET hash = randomblob(32) WHERE seq = 3", "3: the hash of record 3 was edited"},
      {"DELETE FROM records WHERE seq = 3", "3: record 3 was removed"},
      {"DELETE FROM records WHERE seq = 1", "1: record 1 was removed"},
      {"DELETE FROM records WHERE seq IN (3, 4)", "3: records 3 to 4 were removed"},
      {"DELETE FROM records WHERE seq = 3; UPDATE records SET seq = -seq WHERE seq > 3; UPDATE records SET seq = -seq "
       "- 1 WHERE seq < 0",
       kMoved},
      {"UPDATE records SET seq = -seq WHERE seq > 2; UPDATE records SET seq = 1 - seq WHERE seq < 0; INSERT INTO "
       "records SELECT 3, time, kind, reference, body, sealed, body_digest, sealed_digest, hash FROM records WHERE seq "
       "= 2",
       kMoved},
      {"UPDATE records SET seq = 0 WHERE seq = 3; UPDATE records SET seq = 3 WHERE seq = 4; UPDATE records SET seq = 4 "
       "WHERE seq = 0",
       kMoved},
      {"UPDATE records SET seq = 0 WHERE seq = 3", "0: record 0 has no place in the chain: it was inserted"},
      {"UPDATE records SET body = replace(body, '\"head\":\"bwh1', '\"head\":\"bwh2') WHERE seq = 8",
       "8: the body of record 8 was edited"},
      {"DELETE FROM records WHERE seq > 5",
       "6: the chain was cut: it ends with record 5, and a head was signed for record 7"},
      {"UPDATE records SET time = 0 WHERE seq = 10",
       "10: record 10, the last one, is not the one that was written here: it was edited"},
  };
  for (const auto& [sql, expected] : cases) {
    std::filesystem::remove_all(state_);
    make_chain();
    query(raw(), sql);
    EXPECT_EQ(fault(), expected) << sql;
  }
}

TEST_F(VerifyTest, ADamagedColumnIsItsRecordsFault) {
  make_chain();
  query(raw(), "UPDATE records SET kind = 'unheard' WHERE seq = 3");
  EXPECT_THAT(fault(), ::testing::AllOf(::testing::StartsWith("3: "), HasSubstr("record 3 is damaged")));
}

TEST_F(VerifyTest, WhoeverKnowsTheAlgorithmIsFoundByTheHeads) {
  make_chain();
  query(raw(), "UPDATE records SET body = replace(body, '{', '{\"a\":1,') WHERE seq = 3");
  link_anew(3);
  EXPECT_EQ(fault(), "7: record 7 is not the one that was signed: it, or records before it, were written anew");
  std::filesystem::remove(state_ / "heads.jsonl");
  EXPECT_EQ(fault(), "8: the head in record 8 was signed for another chain: records before it were written anew");
  // And who throws away all that is signed, by the head that left in a mail.
  query(raw(), "DELETE FROM records WHERE seq > 6");
  EXPECT_EQ(fault(), "none");
  EXPECT_EQ(fault({head_}), "7: the chain was cut: it ends with record 6, and a head was signed for record 7");
}

TEST_F(VerifyTest, AHeadOfAnotherChainIsNoProofOfThisOne) {
  make_chain();
  auto other = *ChainKey::load_or_make(folder_ / "other");
  Head head = head_;
  other.sign(head);
  EXPECT_TRUE(is_signed(head));
  EXPECT_EQ(fault({head}), "0: the head for record 7 is signed by a key that the chain does not name");
}

TEST_F(VerifyTest, AClockThatWasSetBackIsToldAndNoFault) {
  make_chain();
  auto store = *Store::open(state_, Store::Mode::read_write);
  std::int64_t seq = 0;
  for (const auto time : {at(9), at(3), at(4)}) {
    ++seq;
    ASSERT_FALSE(store->append(std::vector{attempt("more" + std::to_string(seq), seq)}));
    ASSERT_TRUE(store->sign_head(time));
  }
  const auto found = verify({head_});
  EXPECT_FALSE(found.fault) << found.fault->message;
  EXPECT_THAT(found.set_back, ::testing::ElementsAre(found.head->seq - 2));
}

TEST_F(VerifyTest, LinesOfHeadsAreCheckedThemselves) {
  make_chain();
  std::ofstream(state_ / "heads.jsonl", std::ios::app) << "{}\n";
  EXPECT_EQ(fault(), "0: line 2 of heads.jsonl is no head");
  auto text = to_text(head_);
  text.replace(text.find(".7."), 3, ".6.");
  std::ofstream(state_ / "heads.jsonl") << "{\"head\":\"" << text << "\"}\n";
  EXPECT_EQ(fault(), "0: line 1 of heads.jsonl was edited: its signature does not hold");
}

TEST_F(VerifyTest, AHeadThatAPowerCutHasTornIsCutOffByTheNextWriter) {
  make_chain();
  const auto file = state_ / "heads.jsonl";
  const auto whole = std::filesystem::file_size(file);
  const std::string line = "{\"head\":\"" + to_text(head_) + "\"}\n";
  const auto torn = [&](const std::string& tail) {
    std::filesystem::resize_file(file, whole);
    std::ofstream(file, std::ios::app) << tail;
    EXPECT_NE(fault(), "none");
    auto store = Store::open(state_, Store::Mode::read_write);
    EXPECT_TRUE(store);
    EXPECT_EQ(fault(), "none");
    EXPECT_EQ(std::filesystem::file_size(file), whole);
  };
  for (std::size_t left = 1; left + 1 < line.size(); ++left)
    torn(line.substr(0, left));
  torn(std::string(300, '\0'));
  torn(std::string(100, '\0') + line.substr(100));
  EXPECT_TRUE((*Store::open(state_, Store::Mode::read_write))->sign_head(at(11)));
  EXPECT_EQ(fault(), "none");
  EXPECT_GT(std::filesystem::file_size(file), whole);
}

TEST_F(VerifyTest, ADeletionIsProvedAndHidesNothingElse) {
  make_chain();
  Deletion names{"names after 90d", Deletion::What::names, {Kind::attempt}, at(4), {2}};
  auto store = *Store::open(state_, Store::Mode::read_write);
  ASSERT_FALSE(store->erase(names, at(20)));
  EXPECT_EQ(names.count, 2) << "1 and 3: 2 is held";
  ASSERT_FALSE(store->erase(names, at(20)));
  EXPECT_EQ(names.count, 0) << "nothing is left, and nothing is recorded";
  Deletion all{"attempts after 365d", Deletion::What::all, {Kind::attempt}, at(3), {2}};
  ASSERT_FALSE(store->erase(all, at(21)));
  EXPECT_EQ(all.count, 1);
  auto found = verify({head_});
  EXPECT_FALSE(found.fault) << found.fault->message;
  EXPECT_EQ(found.records, 12);
  EXPECT_EQ(found.names_deleted, 2);
  EXPECT_EQ(found.bodies_deleted, 1);
  ASSERT_EQ(found.deletions.size(), 2U);
  EXPECT_EQ(found.deletions[0].purpose, "names after 90d");

  EXPECT_THAT(query(raw(), "SELECT seq FROM records WHERE sealed IS NULL"), ::testing::ElementsAre("1", "3"));
  query(raw(), "UPDATE records SET body = NULL WHERE seq = 3");
  EXPECT_EQ(fault(), "3: the body of record 3 was removed, and no deletion says so") << "its name alone was deleted";
  query(raw(), "UPDATE records SET sealed = NULL WHERE seq = 2");
  EXPECT_EQ(fault(), "2: the sealed part of record 2 was removed, and no deletion says so") << "it was held";

  Deletion head{"", Deletion::What::all, {Kind::head}, at(99)};
  EXPECT_THAT(store->erase(head, at(22))->message, HasSubstr("what proves the chain is not deleted"));
}

TEST_F(VerifyTest, ADeletionLeavesNothingInFileAndLog) {
  auto store = *Store::open(state_, Store::Mode::read_write);
  auto one = attempt("gone", 1);
  one.list = "local/NameOfAList";
  ASSERT_FALSE(store->append(std::vector{one, attempt("stays", 9)}));
  const auto files = [this] {
    std::string bytes;
    for (const char* suffix : {"", "-wal"}) {
      std::ifstream stream(file_.string() + suffix, std::ios::binary);
      bytes.append(std::istreambuf_iterator<char>(stream), {});
    }
    return bytes;
  };
  EXPECT_THAT(files(), HasSubstr("NameOfAList"));
  Deletion all{"test", Deletion::What::all, {Kind::attempt}, at(5)};
  ASSERT_FALSE(store->erase(all, at(20)));
  EXPECT_THAT(files(), ::testing::Not(HasSubstr("NameOfAList")));
}

TEST(HeadTest, TextIsReadWhateverAMailDidToItsSpaces) {
  Head head{7, at(1'763'892'000'000), crypto::digest("x"), {}, {}};
  const auto text = to_text(head);
  for (const std::string& written : {text, " " + text + "\r\n", text.substr(0, 50) + "\r\n " + text.substr(50)}) {
    const auto read = parse_head(written);
    ASSERT_TRUE(read) << written;
    EXPECT_EQ(to_text(*read), text);
    EXPECT_FALSE(is_signed(*read));
  }
  for (std::size_t length = 0; length < text.size(); ++length)
    EXPECT_FALSE(parse_head(text.substr(0, length))) << length;
  for (const char* bad : {"bwh1.-1.0.a.b.c", "bwh1.1.x.a.b.c", "bwh2.1.1.a.b.c", "bwh1......", "...."})
    EXPECT_FALSE(parse_head(bad)) << bad;
  EXPECT_FALSE(parse_head(text + ".x"));
  EXPECT_FALSE(parse_head(std::string(2000, ' ') + text));
}

}  // namespace
}  // namespace breakwater::safeguarding
