#include "proxy/admin/journal.h"

#include <fstream>
#include <sstream>
#include <thread>

#include <gtest/gtest.h>

#include "tests/support/file_size_limit.h"
#include "tests/support/temporary_folder.h"

namespace breakwater::admin {
namespace {

std::string content(const std::filesystem::path& file) {
  std::ostringstream text;
  text << std::ifstream(file, std::ios::binary).rdbuf();
  return text.str();
}

TEST(Journal, OnlyGrowsAndIsTheOwnersAlone) {
  const test::TemporaryFolder folder;
  const auto file = folder.path() / "log";
  EXPECT_EQ(Journal(file).append("one"), std::nullopt);
  EXPECT_EQ(Journal(file).append("two"), std::nullopt);
  EXPECT_EQ(content(file), "one\ntwo\n");
  EXPECT_EQ(std::filesystem::status(file).permissions(), std::filesystem::perms(0600));
}

TEST(Journal, ALineThatDoesNotFitLeavesNothing) {
  const test::TemporaryFolder folder;
  const auto file = folder.path() / "log";
  Journal journal(file);
  ASSERT_EQ(journal.append("one"), std::nullopt);
  {
    const testing::FileSizeLimit limit(10);
    EXPECT_EQ(journal.append("a line that is longer"), file.string() + ": File too large");
    EXPECT_EQ(content(file), "one\n");
  }
  ASSERT_EQ(journal.append("two"), std::nullopt);
  EXPECT_EQ(content(file), "one\ntwo\n");
  EXPECT_EQ(Journal(folder.path() / "no" / "log").append("x"),
            (folder.path() / "no" / "log").string() + ": No such file or directory");
}

TEST(RewriteLines, ChangesAndRemovesWholeLinesOrNothing) {
  const test::TemporaryFolder folder;
  const auto file = folder.path() / "log";
  Rewritten done;
  const auto change = [](std::string_view line) -> std::optional<std::string> {
    if (line == "gone") return std::nullopt;
    return line == "old" ? "new" : std::string(line);
  };
  EXPECT_EQ(rewrite_lines(file, change, done), "");
  EXPECT_FALSE(std::filesystem::exists(file)) << "nothing is made of nothing";
  folder.write("log", "old\nstays\ngone\n\ngone\nold");
  EXPECT_EQ(rewrite_lines(file, change, done), "");
  EXPECT_EQ(content(file), "new\nstays\n\nold") << "a line without an end stays";
  EXPECT_EQ(done.changed, 1U);
  EXPECT_EQ(done.removed, 2U);
  EXPECT_EQ(std::filesystem::status(file).permissions(), std::filesystem::perms(0600));
  const auto before = std::filesystem::last_write_time(file);
  EXPECT_EQ(rewrite_lines(file, change, done), "");
  EXPECT_EQ(done.changed + done.removed, 0U);
  EXPECT_EQ(std::filesystem::last_write_time(file), before);
  folder.write("log", "gone\n" + std::string(1000, 'x') + "\n");
  {
    const testing::FileSizeLimit limit(100);
    EXPECT_EQ(rewrite_lines(file, change, done), file.string() + ": File too large");
  }
  EXPECT_EQ(content(file).size(), 1006U) << "all is as it was";
  EXPECT_EQ(rewrite_lines(folder.path(), change, done), folder.path().string() + ": Is a directory");
}

TEST(RewriteLines, LosesNothingThatIsAppendedMeanwhile) {
  const test::TemporaryFolder folder;
  const auto file = folder.path() / "log";
  constexpr int kLines = 300;
  std::thread writer([&file] {
    Journal journal(file);
    for (int i = 0; i < kLines; ++i)
      EXPECT_EQ(journal.append("stays"), std::nullopt);
  });
  Rewritten done;
  for (int i = 0; i < 50; ++i) {
    EXPECT_EQ(Journal(file).append("gone"), std::nullopt);
    EXPECT_EQ(
        rewrite_lines(
            file,
            [](std::string_view line) { return line == "gone" ? std::nullopt : std::optional<std::string>(line); },
            done),
        "");
    EXPECT_EQ(done.removed, 1U);
  }
  writer.join();
  std::string all;
  for (int i = 0; i < kLines; ++i)
    all += "stays\n";
  EXPECT_EQ(content(file), all);
}

}  // namespace
}  // namespace breakwater::admin
