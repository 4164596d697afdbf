#include "proxy/identity/state_file.h"

#include <gtest/gtest.h>

#include "proxy/identity/file_sources.h"
#include "tests/support/temporary_folder.h"

namespace breakwater::identity {
namespace {

TEST(StateFile, IsPrivateAndWhole) {
  const test::TemporaryFolder folder;
  const auto file = folder.path() / "now.json";
  EXPECT_EQ(write_private(file, "one"), "");
  EXPECT_EQ(write_private(file, "two"), "");
  EXPECT_EQ(std::filesystem::status(file).permissions(), std::filesystem::perms(0600));
  std::string error;
  EXPECT_EQ(read_text(file, 3, error), "two");
  EXPECT_EQ(read_text(file, 2, error), std::nullopt);
  EXPECT_EQ(error, "larger than 2 bytes");
  EXPECT_EQ(read_text(folder.path() / "none", 2, error), std::nullopt);
  EXPECT_EQ(error, "No such file or directory");
  EXPECT_EQ(write_private(folder.path() / "none" / "file", ""), "No such file or directory");
}

TEST(StateLock, TellsWhetherAGatewayRuns) {
  const test::TemporaryFolder folder;
  EXPECT_FALSE(StateLock::is_held(folder.path() / "identity"));
  {
    const StateLock lock(folder.path() / "identity");
    EXPECT_TRUE(StateLock::is_held(folder.path() / "identity"));
  }
  EXPECT_FALSE(StateLock::is_held(folder.path() / "identity"));
}

TEST(WatchedFiles, AChangeCountsOnceItHasSettled) {
  const test::TemporaryFolder folder;
  WatchedFiles files({folder.path() / "a"});
  EXPECT_TRUE(files.look());
  EXPECT_FALSE(files.look());
  folder.write("a", "1");
  EXPECT_FALSE(files.look());
  EXPECT_TRUE(files.look());
  EXPECT_FALSE(files.look());
  std::filesystem::remove(folder.path() / "a");
  EXPECT_FALSE(files.look());
  EXPECT_TRUE(files.look());
}

TEST(FileSources, ARegisterWithAMistakeLeavesTheLastGoodOne) {
  const test::TemporaryFolder folder;
  folder.write("devices.csv", "MAC,name,owner\n00:00:5e:00:53:01,a,guest\n");
  FileSources sources({folder.path() / "devices.csv", {}, {}, {}});
  Evidence evidence;
  categories::Diagnostics diagnostics;
  EXPECT_TRUE(sources.look(evidence, diagnostics));
  EXPECT_EQ(evidence.devices.size(), 1u);
  folder.write("devices.csv", "MAC,name,owner\n00:00:5e:00:53:01,a,gest\n");
  sources.look(evidence, diagnostics);
  EXPECT_TRUE(diagnostics.empty());
  EXPECT_TRUE(sources.look(evidence, diagnostics));
  EXPECT_EQ(diagnostics.size(), 1u);
  EXPECT_EQ(evidence.devices.size(), 1u);
  folder.write("devices.csv", "MAC,name,owner\n");
  sources.look(evidence, diagnostics);
  EXPECT_TRUE(sources.look(evidence, diagnostics));
  EXPECT_EQ(evidence.devices.size(), 0u);
}

TEST(FileSources, WhileKeaCleansUpItsOlderFilesCount) {
  const test::TemporaryFolder folder;
  const std::string header = "address,hwaddr,valid_lifetime,expire,state\n";
  const auto lease = [&](const char* address) { return header + address + ",00:00:5e:00:53:01,60,1763800000,0\n"; };
  folder.write("kea.csv", lease("10.20.0.1"));
  folder.write("kea.csv.1", lease("10.20.0.2"));
  folder.write("kea.csv.2", lease("10.20.0.3"));
  FileSources sources({{}, {}, folder.path() / "kea.csv", {}});
  Evidence evidence;
  categories::Diagnostics diagnostics;
  sources.look(evidence, diagnostics);
  EXPECT_EQ(evidence.leases[1].size(), 3u);
  folder.write("kea.csv.completed", lease("10.20.0.2"));
  sources.look(evidence, diagnostics);
  EXPECT_TRUE(sources.look(evidence, diagnostics));
  EXPECT_EQ(evidence.leases[1].size(), 2u);
  std::filesystem::remove(folder.path() / "kea.csv");
  sources.look(evidence, diagnostics);
  EXPECT_TRUE(sources.look(evidence, diagnostics));
  EXPECT_EQ(evidence.leases[1].size(), 2u);  // until they end
  ASSERT_EQ(diagnostics.size(), 1u);
  EXPECT_EQ(diagnostics[0].message, "cannot be read: No such file or directory");
}

}  // namespace
}  // namespace breakwater::identity
