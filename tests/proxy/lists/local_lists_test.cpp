#include "proxy/lists/local_lists.h"

#include <fstream>
#include <iterator>

#include <gmock/gmock.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "rules/civil_time.h"
#include "tests/support/file_size_limit.h"
#include "tests/support/temporary_folder.h"

namespace breakwater::lists {
namespace {

namespace fs = std::filesystem;
using categories::ListFormat;
using ::testing::HasSubstr;

std::string read(const fs::path& file) {
  std::ifstream in{file, std::ios::binary};
  return {std::istreambuf_iterator<char>(in), {}};
}

class LocalListsTest : public ::testing::Test {
 protected:
  using New = LocalLists::NewCategory;

  EditResult add(const std::string& category, const std::string& text, const EntryNote& note = {},
                 ListFormat kind = ListFormat::automatic, New new_category = New::refuse) const {
    return lists().add({category, text, kind}, note, new_category);
  }
  std::string why(const std::string& category, const std::string& text, ListFormat kind = ListFormat::automatic) const {
    const auto result = add(category, text, {}, kind);
    return result.status == EditStatus::refused ? result.message : "taken";
  }
  LocalLists lists() const { return LocalLists{folder_.path()}; }
  std::ptrdiff_t files_in(const fs::path& name) const {
    return std::distance(fs::directory_iterator{folder_.path() / name}, fs::directory_iterator{});
  }
  std::string text(const fs::path& name) const { return read(folder_.path() / name); }

  test::TemporaryFolder folder_;
};

TEST_F(LocalListsTest, AddsWhereTheEntryBelongs) {
  const auto until = rules::parse_date("2026-12-18");
  const auto first = add("gambling", "Example.org", {until, "lesson on media"});
  EXPECT_EQ(EditStatus::added, first.status) << first.message;
  EXPECT_EQ(1U, first.line);
  EXPECT_EQ(folder_.path() / "gambling/domains", first.file);
  EXPECT_EQ(EditStatus::added, add("gambling", "b.com/path").status);
  EXPECT_EQ(EditStatus::added, add("gambling", "bet[0-9]+", {}, ListFormat::expressions).status);
  EXPECT_EQ(EditStatus::added, add("gambling", "Free Spins", {{}, "x"}, ListFormat::keywords).status);
  EXPECT_EQ(EditStatus::added, add("allow", "192.0.2.1").status);
  EXPECT_EQ(EditStatus::added, add("recategorise/social-media/tiktok", "c.com").status);
  EXPECT_EQ(EditStatus::added, add("own-one", "d.com", {}, ListFormat::automatic, New::make).status);
  EXPECT_EQ(EditStatus::added, add("own-one", "e.com").status) << "it is there now";
  EXPECT_EQ("Example.org  # until 2026-12-18, lesson on media\n", text("gambling/domains"));
  EXPECT_EQ("b.com/path\n", text("gambling/urls"));
  EXPECT_EQ("bet[0-9]+\n", text("gambling/expressions"));
  EXPECT_EQ("Free Spins  # x\n", text("gambling/keywords"));
  EXPECT_EQ("192.0.2.1\n", text("allow/domains"));
  EXPECT_EQ("c.com\n", text("recategorise/social-media/tiktok/domains"));
  EXPECT_EQ("d.com\ne.com\n", text("own-one/domains"));
}

TEST_F(LocalListsTest, KeepsAllElseAsItWas) {
  struct Case {
    std::string before;
    std::string added;
    std::string removed;  ///< b.com, from what was before
  };
  for (const auto& [before, added, removed] : {
           Case{"# c\n\na.com\nb.com # x\n  \nc.com\n", "# c\n\na.com\nb.com # x\n  \nc.com\nnew.com\n",
                "# c\n\na.com\n  \nc.com\n"},
           Case{"a.com\nb.com", "a.com\nb.com\nnew.com", "a.com"},
           Case{"a.com\r\nb.com\r\n", "a.com\r\nb.com\r\nnew.com\r\n", "a.com\r\n"},
           Case{"a.com\r\nb.com", "a.com\r\nb.com\r\nnew.com", "a.com\r"},
           Case{"\xef\xbb\xbf# c\nb.com\n", "\xef\xbb\xbf# c\nb.com\nnew.com\n", "\xef\xbb\xbf# c\n"},
           Case{"b.com\nBAD LINE\n*.B.com\n", "b.com\nBAD LINE\n*.B.com\nnew.com\n", "BAD LINE\n"},
       }) {
    const auto file = folder_.write("games/domains", before);
    ::chmod(file.c_str(), 0640);
    EXPECT_EQ(EditStatus::added, add("games", "new.com").status);
    EXPECT_EQ(added, read(file));
    EXPECT_EQ(fs::perms{0640}, fs::status(file).permissions());
    folder_.write("games/domains", before);
    EXPECT_EQ(EditStatus::removed, lists().remove({"games", "b.com"}).status);
    EXPECT_EQ(removed, read(file));
  }
  EXPECT_EQ(1, files_in("games")) << "nothing is left behind";
}

TEST_F(LocalListsTest, AddingTwiceChangesNoMoreThanTheNote) {
  folder_.write("games/domains", "# c\nA.com # by hand\r\nb.com\n");
  const auto until = rules::parse_date("2026-12-18");
  const auto inode = [this] {
    struct stat status {};
    ::stat((folder_.path() / "games/domains").c_str(), &status);
    return status.st_ino;
  };
  const auto before = inode();
  EXPECT_EQ(EditStatus::unchanged, add("games", "a.com").status);
  EXPECT_EQ(EditStatus::unchanged, add("games", "*.A.com", {{}, "by hand"}).status);
  EXPECT_EQ(before, inode()) << "written although nothing was new";
  EXPECT_EQ(EditStatus::changed, add("games", "a.com", {until, ""}).status);
  EXPECT_EQ("# c\nA.com  # until 2026-12-18, by hand\r\nb.com\n", text("games/domains"));
  EXPECT_EQ(EditStatus::changed, add("games", "a.com", {{}, "other"}).status);
  EXPECT_EQ("# c\nA.com  # other\r\nb.com\n", text("games/domains"));
}

TEST_F(LocalListsTest, RefusesWhatTheReaderWould) {
  EXPECT_EQ("\"com\" would cover a whole top-level domain", why("games", "com"));
  EXPECT_EQ("\"x\" is too short for a keyword", why("games", "x", ListFormat::keywords));
  EXPECT_EQ("there is no entry: what begins with \"#\", \"!\" or \";\" is a comment", why("games", "# a.com"));
  EXPECT_EQ("an entry is one line", why("games", "a.com\nb.com"));
  EXPECT_EQ("\"b.com\" stands after the entry: one a line", why("games", "a.com b.com"));
  EXPECT_EQ("no category \"gamblin\"; did you mean \"gambling\"? (--new-category makes one)", why("gamblin", "a.com"));
  EXPECT_EQ("no category \"zzzzzz\" (--new-category makes one)", why("zzzzzz", "a.com"));
  for (const auto* name : {"../x", "", "a/b/c", "Games", "/etc", "allow/", "recategorise/", "recategorise/.."})
    EXPECT_THAT(why(name, "a.com"), HasSubstr("is not the name of a category")) << name;
  EXPECT_FALSE(fs::exists(folder_.path() / "games"));
  const auto elsewhere = LocalLists{folder_.path() / "none"}.add({"games", "a.com"}, {}, New::refuse);
  EXPECT_EQ(EditStatus::failed, elsewhere.status);
  EXPECT_THAT(elsewhere.message, HasSubstr("No such file or directory"));
}

TEST_F(LocalListsTest, RemovesFromEveryKindAndSaysWhatIsNear) {
  folder_.write("games/domains", "a.com\nplay.com\n");
  folder_.write("games/urls", "a.com/x\n");
  folder_.write("games/keywords.tr", "ısı\n");
  folder_.write("games.txt", "0.0.0.0 plain.com\n");
  const auto remove = [this](const std::string& text, ListFormat kind = ListFormat::automatic) {
    return lists().remove({"games", text, kind});
  };
  EXPECT_EQ(EditStatus::removed, remove("http://a.com/x").status);
  EXPECT_EQ("", text("games/urls"));
  EXPECT_EQ(EditStatus::removed, remove("plain.com").status);
  const auto absent = remove("plai.com");
  EXPECT_EQ(EditStatus::absent, absent.status);
  EXPECT_EQ("\"plai.com\" is not in games; near it: play.com", absent.message);
  EXPECT_EQ("a.com\nplay.com\n", text("games/domains"));
}

TEST_F(LocalListsTest, FindsEveryLineThatCovers) {
  folder_.write("games/domains", "# c\nexample.org # why\r\nother.org\n");
  folder_.write("allow/domains", "www.example.org\n");
  folder_.write("gambling/urls", "example.org/bet\n");
  folder_.write("gambling/expressions", "/be[t]$\n");
  const auto find = [this](std::string_view target) {
    categories::Diagnostics diagnostics;
    const auto found = lists().find(target, diagnostics);
    if (!found) return to_string(diagnostics.at(0));
    std::string said;
    for (const auto& line : *found)
      said += line.file.lexically_relative(folder_.path()).string() + ':' + std::to_string(line.line) + ": " +
              line.text + '\n';
    return said;
  };
  const std::string hosts = "allow/domains:1: www.example.org\n";
  const std::string parent = "games/domains:2: example.org # why\n";
  EXPECT_EQ(hosts + parent, find("www.example.org"));
  EXPECT_EQ(hosts + parent, find("https://WWW.example.org/bet"));
  EXPECT_EQ(hosts + "gambling/expressions:1: /be[t]$\ngambling/urls:1: example.org/bet\n" + parent,
            find("http://www.example.org/bet"));
  EXPECT_EQ("", find("notexample.org"));
  EXPECT_EQ("a b: error: is no host and no URL", find("a b"));
  folder_.write("games/domains", "<html>");
  EXPECT_THAT(find("example.org"), HasSubstr("an HTML or XML page, not a list"));
}

TEST_F(LocalListsTest, LinksMayNotLeadOutOfTheFolder) {
  const test::TemporaryFolder outside;
  const auto file = outside.write("domains", "a.com\n");
  fs::create_directory(folder_.path() / "games");
  fs::create_symlink(file, folder_.path() / "games/domains");
  fs::create_directory_symlink(outside.path(), folder_.path() / "gambling");
  for (const auto* category : {"games", "gambling"}) {
    const auto result = add(category, "b.com");
    EXPECT_EQ(EditStatus::failed, result.status);
    EXPECT_THAT(result.message, HasSubstr("leads out of the folder of local lists"));
    EXPECT_EQ(EditStatus::failed, lists().remove({category, "a.com"}).status);
  }
  EXPECT_EQ("a.com\n", read(file));
  folder_.write("real", "c.com\n");
  fs::create_directory(folder_.path() / "drugs");
  fs::create_symlink("../real", folder_.path() / "drugs/domains");
  EXPECT_EQ(EditStatus::added, add("drugs", "d.com").status) << "a link within the folder";
  EXPECT_EQ("c.com\nd.com\n", text("real"));
  EXPECT_TRUE(fs::is_symlink(folder_.path() / "drugs/domains"));
}

TEST_F(LocalListsTest, EditsAtOnceLoseNothing) {
  constexpr int kProcesses = 16;
  constexpr int kEach = 10;
  for (int process = 0; process < kProcesses; ++process)
    if (::fork() == 0) {
      bool good = true;
      for (int i = 0; i < kEach; ++i)
        good = add("games", "p" + std::to_string(process) + "-" + std::to_string(i) + ".com").status ==
                   EditStatus::added &&
               good;
      ::_exit(good ? 0 : 1);
    }
  for (int process = 0; process < kProcesses; ++process) {
    int status = -1;
    ASSERT_GT(::wait(&status), 0);
    EXPECT_EQ(0, status);
  }
  const auto all = text("games/domains");
  EXPECT_EQ(kProcesses * kEach, std::count(all.begin(), all.end(), '\n'));
}

TEST_F(LocalListsTest, AFullDiskLeavesTheOldFile) {
  const std::string before(5000, '#');
  folder_.write("games/domains", before);
  {
    const testing::FileSizeLimit limit{4096};
    const auto result = add("games", "a.com");
    EXPECT_EQ(EditStatus::failed, result.status);
    EXPECT_THAT(result.message, HasSubstr("File too large"));
  }
  EXPECT_EQ(before, text("games/domains"));
  EXPECT_EQ(1, files_in("games"));
}

/// The signal of a full quota kills in the middle of writing, as kill -9 would.
TEST_F(LocalListsTest, BeingKilledLeavesTheOldFile) {
  const std::string before(5000, '#');
  folder_.write("games/domains", before);
  const auto child = ::fork();
  if (child == 0) {
    const rlimit limit{4096, 4096};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    add("games", "a.com");
    ::_exit(0);
  }
  int status = 0;
  ASSERT_EQ(child, ::waitpid(child, &status, 0));
  ASSERT_TRUE(WIFSIGNALED(status));
  EXPECT_EQ(before, text("games/domains"));
  EXPECT_EQ(EditStatus::added, add("games", "a.com").status) << "what was left behind is in nobody's way";
  EXPECT_EQ(before + "\na.com", text("games/domains"));
  EXPECT_EQ(1, files_in("games"));
}

}  // namespace
}  // namespace breakwater::lists
