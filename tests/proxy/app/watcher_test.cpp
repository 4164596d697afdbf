#include "proxy/app/watcher.h"

#include <gtest/gtest.h>

#include "tests/support/temporary_folder.h"

namespace breakwater::app {
namespace {

using Seen = Watcher::Seen;

class WatcherTest : public testing::Test {
 protected:
  WatcherTest() {
    file = folder.write("policy.toml", "a");
    folder.write("lists/gambling/domains", "a.test\n");
    watcher.watch({file, folder.path() / "lists"}, std::chrono::file_clock::now() + std::chrono::hours(1));
  }
  /// A change counts once it has stayed the same between two looks.
  void expect_change() {
    EXPECT_EQ(watcher.look(), Seen::changing);
    EXPECT_EQ(watcher.look(), Seen::changed);
    EXPECT_EQ(watcher.look(), Seen::same);
  }

  test::TemporaryFolder folder;
  std::filesystem::path file;
  Watcher watcher;
};

TEST_F(WatcherTest, NothingHappenedIsTheSame) {
  EXPECT_EQ(watcher.look(), Seen::same);
  EXPECT_EQ(watcher.look(), Seen::same);
}

TEST_F(WatcherTest, SeesAFileThatIsWritten) {
  folder.write("policy.toml", "longer");
  expect_change();
}

TEST_F(WatcherTest, SeesAnAtomicRename) {
  const auto next = folder.write("policy.toml.new", "b");
  std::filesystem::rename(next, file);
  expect_change();
}

TEST_F(WatcherTest, SeesFilesThatComeAndGoInAFolder) {
  const auto added = folder.write("lists/adult/domains", "b.test\n");
  expect_change();
  std::filesystem::remove(added);
  expect_change();
}

TEST_F(WatcherTest, SeesAFileThatIsRemoved) {
  std::filesystem::remove(file);
  expect_change();
}

TEST_F(WatcherTest, WaitsWhileAChangeGoesOn) {
  folder.write("policy.toml", "one more");
  EXPECT_EQ(watcher.look(), Seen::changing);
  folder.write("policy.toml", "and one more");
  EXPECT_EQ(watcher.look(), Seen::changing);
  EXPECT_EQ(watcher.look(), Seen::changed);
}

TEST_F(WatcherTest, AChangeDuringTheReadingCounts) {
  watcher.watch({file}, std::chrono::file_clock::now() - std::chrono::hours(1));
  EXPECT_EQ(watcher.look(), Seen::changed);
  EXPECT_EQ(watcher.look(), Seen::same);
}

}  // namespace
}  // namespace breakwater::app
