#include "proxy/telemetry/log_file.h"

#include <gmock/gmock.h>

#include "tests/proxy/telemetry/log_folder.h"
#include "tests/support/file_size_limit.h"

namespace breakwater::telemetry {
namespace {

using ::testing::ElementsAre;

constexpr std::uint64_t kNever = 1 << 20;

class LogFileTest : public LogFolder {};

TEST_F(LogFileTest, MakesFolderAndFileForOwnerAndGroupAtMost) {
  const auto path = folder_ / "a/b/access.log";
  LogFile file(path, kNever, 3);
  EXPECT_FALSE(file.write("one\n"));
  EXPECT_EQ(read(path), "one\n");
  EXPECT_EQ(std::filesystem::status(path).permissions() & ~std::filesystem::perms(0640), std::filesystem::perms::none);
}

TEST_F(LogFileTest, AppendsToWhatIsThere) {
  { EXPECT_FALSE(LogFile(folder_ / "log", kNever, 3).write("one\n")); }
  { EXPECT_FALSE(LogFile(folder_ / "log", kNever, 3).write("two\n")); }
  EXPECT_EQ(read(folder_ / "log"), "one\ntwo\n");
}

TEST_F(LogFileTest, ThatCannotBeOpenedThrowsWithItsName) {
  try {
    LogFile file(folder_, kNever, 3);
    FAIL() << "a folder is no log";
  } catch (const std::system_error& error) {
    EXPECT_EQ(error.code(), std::errc::is_a_directory);
    EXPECT_THAT(error.what(), ::testing::HasSubstr(folder_.string()));
  }
}

TEST_F(LogFileTest, RotatesBetweenLinesAndKeepsSoMany) {
  const auto path = folder_ / "log";
  LogFile file(path, 8, 2);
  EXPECT_FALSE(file.write("aaa\nbbb\nccc\nddd\neee\n"));  // one batch over several files
  EXPECT_FALSE(file.write("fff\n"));
  EXPECT_EQ(read(path), "eee\nfff\n");
  EXPECT_EQ(read(folder_ / "log.1"), "ccc\nddd\n");
  EXPECT_EQ(read(folder_ / "log.2"), "aaa\nbbb\n");
  EXPECT_FALSE(file.write("longer than a file\ng\n"));
  EXPECT_EQ(read(path), "g\n");
  EXPECT_EQ(read(folder_ / "log.1"), "longer than a file\n");
  EXPECT_EQ(read(folder_ / "log.2"), "eee\nfff\n");
  EXPECT_FALSE(std::filesystem::exists(folder_ / "log.3"));
}

TEST_F(LogFileTest, KeepNoneStartsAnew) {
  LogFile file(folder_ / "log", 8, 0);
  EXPECT_FALSE(file.write("aaa\nbbb\nccc\n"));
  EXPECT_EQ(read(folder_ / "log"), "ccc\n");
  EXPECT_FALSE(std::filesystem::exists(folder_ / "log.1"));
}

TEST_F(LogFileTest, RotationThatFailsDoesNotStopTheLog) {
  std::filesystem::create_directories(folder_ / "log.1/in the way");
  LogFile file(folder_ / "log", 8, 2);
  std::filesystem::create_directories(folder_ / "log.2/in the way");
  EXPECT_TRUE(file.write("aaa\nbbb\nccc\n"));
  EXPECT_EQ(read(folder_ / "log"), "aaa\nbbb\nccc\n");
  EXPECT_EQ(file.waiting(), "");
}

TEST_F(LogFileTest, FullDiskKeepsTheRestAndTearsNoLine) {
  const auto path = folder_ / "log";
  LogFile file(path, 12, 3);
  {
    const breakwater::testing::FileSizeLimit limit(6);
    EXPECT_EQ(file.write("aaa\nbbb\nccc\n"), std::errc::file_too_large);
    EXPECT_EQ(read(path), "aaa\nbb");
    EXPECT_EQ(file.waiting(), "b\nccc\n");
    EXPECT_TRUE(file.write("ddd\n"));
  }
  EXPECT_FALSE(file.write("eee\n"));
  EXPECT_THAT(lines(folder_ / "log.1"), ElementsAre("aaa", "bbb", "ccc"));
  EXPECT_THAT(lines(path), ElementsAre("ddd", "eee"));
}

std::string line(const std::string& day, const std::string& rest = "") {
  return R"({"time":"2026-11-)" + day + R"(T10:00:00.000Z")" + rest + "}\n";
}

TEST_F(LogFileTest, PrunesByTheTimesOfItsLines) {
  const auto path = folder_ / "log";
  LogFile file(path, kNever, 9);
  std::size_t deleted = 7;
  EXPECT_FALSE(file.prune("2026-11-30", "2026-11-30", deleted)) << "an empty one";
  EXPECT_EQ(deleted, 0U);
  const auto day = [&](const std::string& number, const std::string& rotate_before) {
    EXPECT_FALSE(file.write(line(number)));
    EXPECT_FALSE(file.prune("2026-11-" + rotate_before, "2026-11-01", deleted));
  };
  day("10", "09");
  EXPECT_FALSE(std::filesystem::exists(folder_ / "log.1")) << "it is not that old";
  day("11", "10T10:00:00.000Z");
  EXPECT_EQ(read(path), "");
  EXPECT_EQ(read(folder_ / "log.1"), line("10") + line("11"));
  day("12", "13");
  day("13", "14");
  EXPECT_EQ(read(folder_ / "log.3"), line("10") + line("11"));
  EXPECT_FALSE(file.prune("2026-11-01", "2026-11-11", deleted));
  EXPECT_EQ(deleted, 0U) << "its last line is younger";
  EXPECT_FALSE(file.prune("2026-11-01", "2026-11-13", deleted));
  EXPECT_EQ(deleted, 2U);
  EXPECT_EQ(read(folder_ / "log.1"), line("13"));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "log.2"));
}

TEST_F(LogFileTest, WhatSaysNoTimeIsNotPruned) {
  LogFile file(folder_ / "log", kNever, 3);
  EXPECT_FALSE(file.write("no time\n"));
  std::ofstream(folder_ / "log.1") << "no time\n\n{\"time\":\n";
  std::ofstream(folder_ / "log.2") << line("10") << "no time\n{\"time\":\"cut";
  std::ofstream(folder_ / "log.3") << std::string(3 << 20, 'x');
  std::size_t deleted = 0;
  EXPECT_FALSE(file.prune("2027", "2027", deleted));
  EXPECT_EQ(deleted, 1U) << "the one that says when";
  EXPECT_EQ(read(folder_ / "log"), "no time\n");
  EXPECT_TRUE(std::filesystem::exists(folder_ / "log.1"));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "log.2"));
}

}  // namespace
}  // namespace breakwater::telemetry
