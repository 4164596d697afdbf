#include "proxy/safeguarding/store.h"

#include <iterator>

#include <gmock/gmock.h>
#include <sys/stat.h>

#include "tests/proxy/safeguarding/state_folder.h"

namespace breakwater::safeguarding {
namespace {

using std::filesystem::perms;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

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
  static std::vector<Attempt> all(Store& store, std::int64_t since = 0) {
    std::vector<Attempt> found;
    const auto time = std::chrono::sys_time<std::chrono::milliseconds>(std::chrono::milliseconds(since));
    const auto error = store.each(time, [&](const Attempt& one) { found.push_back(one); });
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
  std::string read_file() const {
    std::ifstream stream(file_, std::ios::binary);
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
  EXPECT_EQ(found[0].search, written.search);

  const auto row =
      query(raw(),
            "SELECT concat.text FROM (SELECT civil || '|' || id || '|' || client || '|' || device || '|' || user || "
            "'|' || \"group\" || '|' || host || '|' || url || '|' || method || '|' || sni || '|' || category || '|' || "
            "concern || '|' || list || '|' || rule || '|' || period || '|' || reason || '|' || search || '|' || line "
            "AS text FROM "
            "attempts) AS concat");
  const auto& w = written;
  std::string expected;
  for (const auto& field : {w.civil, w.id, w.client, w.device, w.user, w.group, w.host, w.url, w.method, w.sni,
                            w.category, w.concern, w.list, w.rule, w.period, w.reason, w.search})
    expected += field + "|";
  EXPECT_THAT(row, ElementsAre(expected + "4294967295"));
}

TEST_F(StoreTest, IsForItsOwnerOnlyAndSaysWhatItIs) {
  const auto store = open();
  append(*store, {attempt("a")});
  EXPECT_EQ(std::filesystem::status(state_).permissions(), perms::owner_all);
  for (const auto& file : std::filesystem::directory_iterator(state_))
    EXPECT_EQ(file.status().permissions(), perms::owner_read | perms::owner_write) << file.path();
  const auto connection = raw();
  EXPECT_THAT(query(connection, "PRAGMA journal_mode"), ElementsAre("wal"));
  EXPECT_THAT(query(connection, "PRAGMA user_version"), ElementsAre("2"));
  EXPECT_THAT(query(connection, "PRAGMA application_id"), ElementsAre(std::to_string(0x42574B52)));
  EXPECT_THAT(query(connection, "PRAGMA integrity_check"), ElementsAre("ok"));
}

TEST_F(StoreTest, AFileOfVersion1IsReadAsItIsAndMigratedByAWriter) {
  // What version 1 made.
  std::filesystem::create_directories(state_);
  query(raw(),
        "CREATE TABLE attempts (seq INTEGER PRIMARY KEY, time INTEGER NOT NULL, civil TEXT NOT NULL, id TEXT NOT NULL, "
        "client TEXT NOT NULL, device TEXT NOT NULL, user TEXT NOT NULL, \"group\" TEXT NOT NULL, host TEXT NOT NULL, "
        "url TEXT NOT NULL, method TEXT NOT NULL, sni TEXT NOT NULL, category TEXT NOT NULL, concern TEXT NOT NULL, "
        "list TEXT NOT NULL, rule TEXT NOT NULL, period TEXT NOT NULL, reason TEXT NOT NULL, line INTEGER NOT NULL, "
        "UNIQUE (id, time)) STRICT; CREATE INDEX attempts_by_time ON attempts (time);"
        "PRAGMA application_id = 0x42574B52; PRAGMA user_version = 1; PRAGMA journal_mode = WAL;"
        "INSERT INTO attempts VALUES (1, 7, 'c', 'old', '', '', '', '', 'h', 'u', '', '', '', '', '', '', '', 'r', 3)");
  const auto expect_old = [](const Attempt& old) {
    EXPECT_EQ(old.id + old.host + old.url + old.reason + old.search, "oldhur");
    EXPECT_EQ(old.line, 3U);
  };
  {
    const auto found = all(*open(Store::Mode::read_only));
    ASSERT_EQ(found.size(), 1U);
    expect_old(found[0]);
    EXPECT_THAT(query(raw(), "PRAGMA user_version"), ElementsAre("1"));
  }
  const auto store = open();
  auto added = attempt("new");
  added.search = "words";
  append(*store, {added});
  const auto found = all(*store);
  ASSERT_EQ(found.size(), 2U);
  expect_old(found[0]);
  EXPECT_EQ(found[1].search, "words");
  EXPECT_THAT(query(raw(), "PRAGMA user_version"), ElementsAre("2"));
  EXPECT_THAT(query(raw(), "PRAGMA integrity_check"), ElementsAre("ok"));
  EXPECT_EQ(all(*open(Store::Mode::read_only)).size(), 2U);
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

TEST_F(StoreTest, EachSinceOldestFirst) {
  const auto store = open();
  append(*store, {attempt("late", 30), attempt("early", 10), attempt("middle 1", 20), attempt("middle 2", 20)});
  EXPECT_THAT(ids_of(all(*store)), ElementsAre("early", "middle 1", "middle 2", "late"));
  EXPECT_THAT(ids_of(all(*store, 20)), ElementsAre("middle 1", "middle 2", "late"));
  EXPECT_THAT(ids_of(all(*store, 31)), ElementsAre());
  const auto plan = [this] {
    const auto connection = raw();
    std::string detail;
    const auto add = [](void* out, int, char** values, char**) {
      *static_cast<std::string*>(out) += values[3];
      return 0;
    };
    sqlite3_exec(connection.get(), "EXPLAIN QUERY PLAN SELECT id FROM attempts WHERE time >= 1 ORDER BY time, seq", add,
                 &detail, nullptr);
    return detail;
  }();
  EXPECT_THAT(plan, HasSubstr("USING INDEX attempts_by_time"));
  EXPECT_THAT(plan, ::testing::Not(HasSubstr("TEMP B-TREE")));
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
  query(raw(), "PRAGMA user_version = 3");
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
  query(
      raw(),
      "CREATE TRIGGER refuse BEFORE INSERT ON attempts WHEN NEW.id = 'bad' BEGIN SELECT RAISE(ABORT, 'refused'); END");
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
