#include "proxy/admin/journal.h"

#include <fstream>
#include <sstream>

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

}  // namespace
}  // namespace breakwater::admin
