#include "proxy/safeguarding/store.h"

#include <iterator>

#include <gmock/gmock.h>
#include <sys/stat.h>

#include "proxy/safeguarding/attempt_json.h"
#include "tests/proxy/safeguarding/state_folder.h"

namespace breakwater::safeguarding {
namespace {

using std::filesystem::perms;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class StoreTest : public StateFolder {
 protected:
  std::unique_ptr<Store> open(Store::Mode mode = Store::Mode::read_write) {
    auto store = Store::open(state_, mode);
    EXPECT_TRUE(store) << store.error().message;
    return store ? *std::move(store) : nullptr;
  }
  StoreError refused(Store::Mode mode = Store::Mode::read_write) {
    auto store = Store::open(state_, mode);
    EXPECT_FALSE(store);
    return store ? StoreError{} : store.error();
  }
  void append(Store& store, std::vector<Attempt> attempts) {
    const auto error = store.append(attempts);
    EXPECT_FALSE(error) << error->message;
  }
  /// The attempts since then, with the names that the machine's own key opens.
  std::vector<Attempt> all(Store& store, std::int64_t since = 0) {
    std::vector<Attempt> found;
    auto opener = holding_opener(state_);
    const Filter filter{.kinds = {Kind::attempt}, .since = Milliseconds(std::chrono::milliseconds(since))};
    const auto error = store.each(filter, [&](const Record& record) {
      const auto opened = opener ? opener->open(record) : Result<std::string, Unopened>(Unopened::no_key);
      const auto one = parse_attempt(record, opened ? *opened : "");
      ASSERT_TRUE(one);
      found.push_back(*one);
    });
    EXPECT_FALSE(error) << error->message;
    return found;
  }
  static std::vector<std::string> ids_of(const std::vector<Attempt>& attempts) {
    std::vector<std::string> ids;
    for (const auto& one : attempts)
      ids.push_back(one.id);
    return ids;
  }
  void write_file(const std::string& content) {
    std::filesystem::create_directories(state_);
    std::ofstream(file_, std::ios::binary) << content;
  }
  std::string read_file(const std::string& suffix = "") const {
    std::ifstream stream(file_.string() + suffix, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
  }
};

TEST_F(StoreTest, KeepsEveryField) {
  auto written = attempt("7QK4M-2XP9D");
  int number = 0;
  for (const auto field : kTextFields)
    if (field != &Attempt::id) written.*field = "value " + std::to_string(++number);
  written.line = 4'294'967'295;
  append(*open(), {written});

  const auto found = all(*open());
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].time, written.time);
  EXPECT_EQ(found[0].line, written.line);
  for (const auto field : kTextFields)
    EXPECT_EQ(found[0].*field, written.*field);
  const auto plain = read_file() + read_file("-wal");
  for (const auto field : {&Attempt::client, &Attempt::device, &Attempt::user, &Attempt::host, &Attempt::url,
                           &Attempt::search, &Attempt::sni, &Attempt::referrer})
    EXPECT_THAT(plain, Not(HasSubstr(written.*field + "\""))) << "a name in clear";
}

TEST_F(StoreTest, IsForItsOwnerOnlyAndSaysWhatItIs) {
  const auto store = open();
  append(*store, {attempt("a")});
  EXPECT_EQ(std::filesystem::status(state_).permissions(), perms::owner_all);
  for (const auto& file : std::filesystem::recursive_directory_iterator(state_))
    EXPECT_EQ(file.status().permissions(),
              file.is_directory() ? perms::owner_all : perms::owner_read | perms::owner_write)
        << file.path();
  const auto connection = raw();
  EXPECT_THAT(query(connection, "PRAGMA journal_mode"), ElementsAre("wal"));
  EXPECT_THAT(query(connection, "PRAGMA user_version"), ElementsAre("4"));
  EXPECT_THAT(query(connection, "PRAGMA application_id"), ElementsAre(std::to_string(0x42574B52)));
  EXPECT_THAT(query(connection, "PRAGMA integrity_check"), ElementsAre("ok"));
}

TEST_F(StoreTest, EarlierVersionsAreSealedByAWriterAndLeaveNoNameBehind) {
  for (const bool has_search : {false, true}) {
    std::filesystem::remove_all(state_);
    std::filesystem::create_directories(state_);
    const std::string search = has_search ? ", 'SecretWords'" : "";
    query(
        raw(),
        "CREATE TABLE attempts (seq INTEGER PRIMARY KEY, time INTEGER NOT NULL, civil TEXT NOT NULL, id TEXT NOT "
        "NULL, client TEXT NOT NULL, device TEXT NOT NULL, user TEXT NOT NULL, \"group\" TEXT NOT NULL, host TEXT NOT "
        "NULL, url TEXT NOT NULL, method TEXT NOT NULL, sni TEXT NOT NULL, category TEXT NOT NULL, concern TEXT NOT "
        "NULL, list TEXT NOT NULL, rule TEXT NOT NULL, period TEXT NOT NULL, reason TEXT NOT NULL, line INTEGER NOT "
        "NULL, UNIQUE (id, time)) STRICT; CREATE INDEX attempts_by_time ON attempts (time);" +
            std::string(has_search ? "ALTER TABLE attempts ADD COLUMN search TEXT NOT NULL DEFAULT '';" : "") +
            "PRAGMA application_id = 0x42574B52; PRAGMA user_version = " + (has_search ? "2" : "1") +
            "; PRAGMA journal_mode = WAL; INSERT INTO attempts VALUES (1, 7, 'c', 'old', '10.0.0.77', 'SecretDevice', "
            "'SecretUser', 'g', 'secret.test', 'u', '', '', 'cat', '', '', '', '', 'r', 3" +
            search + ")");
    EXPECT_THAT(refused(Store::Mode::read_only).message, HasSubstr("start the gateway once"));
    const auto store = open();
    append(*store, {attempt("new")});
    const auto found = all(*store);
    ASSERT_EQ(found.size(), 2U);
    const auto& old = found[0];
    EXPECT_EQ(old.id + old.client + old.device + old.user + old.host + old.url + old.reason + old.search,
              "old10.0.0.77SecretDeviceSecretUsersecret.testur" + std::string(has_search ? "SecretWords" : ""));
    EXPECT_EQ(old.line, 3U);
    const auto plain = read_file() + read_file("-wal");
    for (const char* name : {"SecretDevice", "SecretUser", "secret.test", "SecretWords", "10.0.0.77"})
      EXPECT_THAT(plain, Not(HasSubstr(name)));
    EXPECT_THAT(query(raw(), "PRAGMA user_version"), ElementsAre("4"));
    EXPECT_THAT(query(raw(), "PRAGMA integrity_check"), ElementsAre("ok"));
  }
}

TEST_F(StoreTest, NarrowsAFileThatWasTooWide) {
  open();
  ::chmod(file_.c_str(), 0644);
  open();
  EXPECT_EQ(std::filesystem::status(file_).permissions(), perms::owner_read | perms::owner_write);
}

TEST_F(StoreTest, RetryDoublesNothingAndAnotherTimeIsAnotherAttempt) {
  const auto store = open();
  append(*store, {attempt("a"), attempt("b")});
  append(*store, {attempt("b"), attempt("c"), attempt("c")});
  append(*store, {attempt("a", 5)});
  EXPECT_THAT(ids(), ElementsAre("a", "b", "c", "a"));
}

TEST_F(StoreTest, OrderIsThatOfTheChainWhateverTheClockDid) {
  const auto store = open();
  append(*store, {attempt("late", 30), attempt("early", 10), attempt("middle", 20)});
  EXPECT_THAT(ids_of(all(*store)), ElementsAre("late", "early", "middle"));
  EXPECT_THAT(ids_of(all(*store, 20)), ElementsAre("late", "middle"));
  EXPECT_THAT(ids_of(all(*store, 31)), ElementsAre());
}

TEST_F(StoreTest, FilterLetsThroughWhatMeetsAllOfIt) {
  const auto store = open();
  const auto at = [](int ms) { return Milliseconds(std::chrono::milliseconds(ms)); };
  const std::vector<Entry> entries{{at(1), Kind::attempt, "a", "{}", ""},
                                   {at(2), Kind::episode, "E-a", R"({"grade":"?"})", R"({"name":"x"})"},
                                   {at(3), Kind::decision, "E-a", "{}", ""},
                                   {at(4), Kind::decision, "E-b", "{}", ""}};
  ASSERT_FALSE(store->append(entries));
  const auto found = [&](const Filter& filter) {
    std::string seqs;
    EXPECT_FALSE(store->each(filter, [&](const Record& record) { seqs += std::to_string(record.seq); }));
    return seqs;
  };
  EXPECT_EQ(found({}), "1234");
  EXPECT_EQ(found({.kinds = {Kind::decision}}), "34");
  EXPECT_EQ(found({.kinds = {Kind::decision, Kind::attempt}}), "134");
  EXPECT_EQ(found({.reference = "E-a"}), "23");
  EXPECT_EQ(found({.kinds = {Kind::decision}, .reference = "E-a"}), "3");
  EXPECT_EQ(found({.reference = "E-a", .after = 2}), "3");
  EXPECT_EQ(found({.reference = "E-a", .up_to = 2}), "2");
  std::int64_t last = 0;
  EXPECT_FALSE(store->last_seq(last));
  EXPECT_EQ(last, 4);
  EXPECT_EQ(found({.since = at(2), .until = at(4)}), "23");
  EXPECT_EQ(found({.reference = "' OR 1 --"}), "");
}

TEST_F(StoreTest, BodyIsAnObjectAndEachHasItsSalt) {
  const auto store = open();
  const auto append_body = [&](std::string body) {
    return store->append(std::vector<Entry>{{{}, Kind::check, "", std::move(body), ""}});
  };
  for (const char* bad : {"", "{", "[]", "text"}) {
    const auto error = append_body(bad);
    ASSERT_TRUE(error) << bad;
    EXPECT_THAT(error->message, HasSubstr("the body of a record is no JSON object"));
  }
  EXPECT_FALSE(append_body("{}"));
  EXPECT_FALSE(append_body("{}"));
  EXPECT_FALSE(append_body(R"({"a":1})"));
  std::vector<std::string> bodies;
  EXPECT_FALSE(store->each({}, [&](const Record& record) { bodies.push_back(*record.body); }));
  ASSERT_EQ(bodies.size(), 3U);
  EXPECT_NE(bodies[0], bodies[1]);
  EXPECT_THAT(bodies[0], ::testing::MatchesRegex(R"(\{"salt":"[A-Za-z0-9_-]{22}"\})"));
  EXPECT_THAT(bodies[2], ::testing::MatchesRegex(R"(\{"salt":"[A-Za-z0-9_-]{22}","a":1\})"));
}

TEST_F(StoreTest, NamesThatCannotBeSealedAreNotRecordedAtAll) {
  std::filesystem::create_directories(state_ / "keys");
  std::ofstream(state_ / "keys" / "holding.key") << "short";
  const auto store = open();
  const auto error = store->append(std::vector{attempt("a")});
  ASSERT_TRUE(error);
  EXPECT_THAT(error->message, HasSubstr("names cannot be sealed: "));
  EXPECT_THAT(error->message, HasSubstr("holding.key: is no key: it has 5 bytes in place of 32"));
  EXPECT_THAT(ids(), ElementsAre());
}

TEST_F(StoreTest, HeadIsSignedOnceForWhatItCovers) {
  const auto store = open();
  std::optional<Head> none;
  EXPECT_FALSE(store->last_head(none));
  EXPECT_FALSE(none);
  append(*store, {attempt("a"), attempt("b")});
  const auto now = Milliseconds(std::chrono::milliseconds(99));
  const auto first = store->sign_head(now);
  ASSERT_TRUE(first) << first.error().message;
  EXPECT_EQ(first->seq, 3) << "two attempts, and the key that signs";
  EXPECT_TRUE(is_signed(*first));
  EXPECT_EQ(to_text(*store->sign_head(now)), to_text(*first)) << "nothing came since";
  append(*store, {attempt("c")});
  const auto second = open()->sign_head(now);
  ASSERT_TRUE(second);
  EXPECT_EQ(second->seq, 5) << "the head is a record itself";
  EXPECT_EQ(second->key, first->key);
  std::optional<Head> last;
  EXPECT_FALSE(store->last_head(last));
  ASSERT_TRUE(last);
  EXPECT_EQ(to_text(*last), to_text(*second));
  EXPECT_THAT(query(raw(), "SELECT kind FROM records ORDER BY seq"),
              ElementsAre("attempt", "attempt", "key", "head", "attempt", "head"));
  std::ifstream heads(state_ / "heads.jsonl");
  const std::string lines(std::istreambuf_iterator<char>(heads), {});
  EXPECT_EQ(lines, R"({"head":")" + to_text(*first) + "\"}\n" + R"({"head":")" + to_text(*second) + "\"}\n");
}

TEST_F(StoreTest, TextIsCleanAndBounded) {
  auto odd = attempt("odd");
  odd.sni = std::string("a\0b\n\xFF", 5);
  odd.user = "Si\xC3\xA2n";
  odd.url = std::string(100'000, 'u');
  odd.host = "'); DROP TABLE attempts; --";
  const auto store = open();
  append(*store, {odd});
  const auto found = all(*store);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].sni, "a\\x00b\\x0A\xEF\xBF\xBD");
  EXPECT_EQ(found[0].user, odd.user);
  EXPECT_EQ(found[0].host, odd.host);
  EXPECT_EQ(found[0].url.size(), 4096U);
  EXPECT_TRUE(found[0].url.ends_with("\xE2\x80\xA6[cut]"));
}

TEST_F(StoreTest, TextShowsWhatItHolds) {
  const std::vector<std::pair<std::string, std::string>> kCases{
      {"user\xE2\x80\xAEtxt.exe", "user\\u{202E}txt.exe"},  // right-to-left override
      {"\xE2\x81\xA6isolate\xE2\x81\xA9", "\\u{2066}isolate\\u{2069}"},
      {"zero\xE2\x80\x8Bwidth\xEF\xBB\xBF", "zero\\u{200B}width\\u{FEFF}"},
      {"line\u2028end\xC2\x85", "line\\u{2028}end\\u{85}"},
      {std::string("\xC2\x9B").append("31m"), "\\u{9B}31m"},  // an escape sequence of a terminal
      {"\xF3\xA0\x81\x81tag", "\\u{E0041}tag"},
      {"\x1B[31m\r\nBcc: x", "\\x1B[31m\\x0D\\x0ABcc: x"},
      {"\xC0\xAF\xED\xA0\x80", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"},  // overlong, surrogate
      {"\xD9\x85\xDB\x8C\xE2\x80\x8C", "\xD9\x85\xDB\x8C\xE2\x80\x8C"},      // a joiner that Persian is written with
      {"\xD0\xB0pple e\xCC\x81\xCC\x81", "\xD0\xB0pple e\xCC\x81\xCC\x81"},  // looks alike, or piles up: kept
  };
  for (const auto& [text, kept] : kCases) {
    EXPECT_EQ(clean_text(text), kept);
    EXPECT_EQ(clean_text(kept), kept);
  }
  std::string flood = "e";
  for (int i = 0; i < 10'000; ++i)
    flood += "\xE2\x80\xAE";
  EXPECT_LE(clean_text(flood).size(), 4096U);
}

TEST_F(StoreTest, ReaderSeesWhatTheWriterCommits) {
  const auto writer = open();
  append(*writer, {attempt("a")});
  const auto reader = open(Store::Mode::read_only);
  EXPECT_EQ(all(*reader).size(), 1U);
  append(*writer, {attempt("b")});
  EXPECT_THAT(ids_of(all(*reader)), ElementsAre("a", "b"));
  const auto error = reader->append(std::vector{attempt("c")});
  ASSERT_TRUE(error);
  EXPECT_EQ(error->code, SQLITE_READONLY);
}

TEST_F(StoreTest, ReaderWorksAfterTheWriterWent) {
  append(*open(), {attempt("a")});
  EXPECT_EQ(all(*open(Store::Mode::read_only)).size(), 1U);
}

TEST_F(StoreTest, ReaderOfNothingSaysSo) {
  const auto error = refused(Store::Mode::read_only);
  EXPECT_EQ(error.code, SQLITE_CANTOPEN);
  EXPECT_THAT(error.message, HasSubstr(file_.string()));
  write_file("");
  EXPECT_THAT(refused(Store::Mode::read_only).message, HasSubstr("it is empty"));
}

TEST_F(StoreTest, WhatIsNotOursIsRefusedAndLeftAsItIs) {
  std::string damaged = "SQLite format 3";
  damaged.resize(8192, '\xA5');
  for (const std::string& content : {std::string("<html>not a database</html>") + std::string(4096, 'x'), damaged}) {
    write_file(content);
    const auto error = refused();
    EXPECT_EQ(error.code, SQLITE_NOTADB);
    EXPECT_THAT(error.message, HasSubstr(file_.string() + ": file is not a database"));
    EXPECT_EQ(read_file(), content);
  }
}

TEST_F(StoreTest, DatabaseOfAnotherProgramOrALaterVersionIsRefused) {
  std::filesystem::create_directories(state_);
  query(raw(), "CREATE TABLE theirs (a)");
  const auto before = read_file();
  EXPECT_THAT(refused().message, HasSubstr("another program"));
  EXPECT_EQ(read_file(), before);

  std::filesystem::remove(file_);
  open();
  query(raw(), "PRAGMA user_version = 5");
  EXPECT_THAT(refused().message, HasSubstr("later version"));
  EXPECT_THAT(refused(Store::Mode::read_only).message, HasSubstr("later version"));
}

TEST_F(StoreTest, DamagedPageIsAnErrorAndLosesNothingElse) {
  {
    const auto store = open();
    std::vector<Attempt> many;
    for (int i = 0; i < 2000; ++i)
      many.push_back(attempt(std::to_string(i)));
    append(*store, many);
  }
  auto content = read_file();
  ASSERT_GT(content.size(), 40'960U);
  std::fill(content.begin() + 4096, content.begin() + 40'960, '\xA5');
  write_file(content);
  auto store = Store::open(state_, Store::Mode::read_write);
  const auto error = store ? (*store)->append(std::vector{attempt("new")}) : std::optional(store.error());
  ASSERT_TRUE(error);
  EXPECT_EQ(error->code, SQLITE_CORRUPT) << error->message;
}

TEST_F(StoreTest, LockHeldByAnotherIsAnError) {
  const auto store = open();
  const auto other = raw();
  query(other, "BEGIN IMMEDIATE");
  const auto error = store->append(std::vector{attempt("a")});
  ASSERT_TRUE(error);
  EXPECT_EQ(error->code, SQLITE_BUSY);
  query(other, "ROLLBACK");
  append(*store, {attempt("a")});
  EXPECT_THAT(ids(), ElementsAre("a"));
}

TEST_F(StoreTest, AllOrNone) {
  const auto store = open();
  query(raw(),
        "CREATE TRIGGER refuse BEFORE INSERT ON records WHEN NEW.reference = 'bad' BEGIN SELECT RAISE(ABORT, "
        "'refused'); END");
  const auto error = store->append(std::vector{attempt("a"), attempt("bad"), attempt("c")});
  ASSERT_TRUE(error);
  EXPECT_EQ(error->code, SQLITE_CONSTRAINT);
  EXPECT_THAT(error->message, HasSubstr("refused"));
  EXPECT_THAT(ids(), ElementsAre());
  append(*store, {attempt("a")});
  EXPECT_THAT(ids(), ElementsAre("a"));
}

TEST_F(StoreTest, DeletedFileIsNoticed) {
  const auto store = open();
  append(*store, {attempt("a")});
  std::filesystem::remove(file_);
  const auto error = store->append(std::vector{attempt("b")});
  ASSERT_TRUE(error);
  EXPECT_THAT(error->message, HasSubstr("moved or deleted"));
}

TEST_F(StoreTest, FolderThatCannotBeMadeSaysWhich) {
  std::ofstream(state_) << "a file in its place";
  const auto error = refused();
  EXPECT_EQ(error.code, SQLITE_CANTOPEN);
  EXPECT_THAT(error.message, HasSubstr(state_.string()));
}

TEST_F(StoreTest, FolderThatMayNotBeWrittenIsAnError) {
  std::filesystem::create_directory(state_);
  std::filesystem::permissions(state_, perms::owner_read | perms::owner_exec);
  // Root may write everywhere, so it becomes nobody for a moment.
  constexpr uid_t kNobody = 65534;
  const bool root = ::geteuid() == 0;
  if (root) {
    ASSERT_EQ(::chown(folder_.c_str(), kNobody, kNobody) | ::chown(state_.c_str(), kNobody, kNobody), 0);
    ASSERT_EQ(::seteuid(kNobody), 0);
  }
  const auto error = refused();
  if (root) {
    ASSERT_EQ(::seteuid(0), 0);
  }
  std::filesystem::permissions(state_, perms::owner_all);
  EXPECT_EQ(error.code, SQLITE_CANTOPEN);
  EXPECT_THAT(error.message, HasSubstr("Permission denied"));
}

}  // namespace
}  // namespace breakwater::safeguarding
