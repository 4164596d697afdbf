#include "proxy/telemetry/access_log.h"

#include <set>
#include <thread>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "tests/proxy/telemetry/log_folder.h"
#include "tests/support/file_size_limit.h"

namespace breakwater::telemetry {
namespace {

class AccessLogTest : public LogFolder {
 protected:
  static AccessRecord record(std::string_view id) {
    AccessRecord made;
    made.id = id;
    return made;
  }
  static std::vector<std::string> ids(const std::filesystem::path& file) {
    std::vector<std::string> found;
    for (const auto& line : lines(file))
      found.push_back(nlohmann::json::parse(line)["id"]);
    return found;
  }
};

TEST_F(AccessLogTest, FlushMakesEveryLineVisible) {
  AccessLog log({.file = folder_ / "new/access.log"});
  for (int i = 0; i < 100; ++i) {
    log.write(record(std::to_string(i)));
    log.flush();
    ASSERT_EQ(lines(folder_ / "new/access.log").size(), static_cast<std::size_t>(i) + 1);
  }
  EXPECT_EQ(log.failures(), 0U);
}

TEST_F(AccessLogTest, EndWritesWhatIsQueued) {
  {
    AccessLog log({.file = folder_ / "log"});
    for (int i = 0; i < 1000; ++i)
      log.write(record(std::to_string(i)));
  }
  const auto found = ids(folder_ / "log");
  ASSERT_EQ(found.size(), 1000U);
  EXPECT_EQ(found.back(), "999");
}

TEST_F(AccessLogTest, ThreadsLoseAndMixNothing) {
  constexpr int kThreads = 4;
  constexpr int kEach = 5000;
  AccessLog log({.file = folder_ / "log", .rotate_bytes = 100'000, .keep = 100});
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t)
    threads.emplace_back([&log, t] {
      for (int i = 0; i < kEach; ++i)
        log.write(record(std::to_string(t) + "-" + std::to_string(i)));
    });
  for (auto& thread : threads)
    thread.join();
  log.flush();
  std::set<std::string> seen;
  std::size_t files = 0;
  for (const auto& file : std::filesystem::directory_iterator(folder_)) {
    ++files;
    EXPECT_LE(file.file_size(), 100'000U);
    for (const auto& id : ids(file.path()))
      EXPECT_TRUE(seen.insert(id).second) << id;
  }
  EXPECT_EQ(seen.size(), static_cast<std::size_t>(kThreads * kEach));
  EXPECT_GT(files, 5U);
}

TEST_F(AccessLogTest, DeviceThatIsFullIsCountedAndTold) {
  std::filesystem::create_symlink("/dev/full", folder_ / "log");
  ::testing::internal::CaptureStderr();
  {
    AccessLog log({.file = folder_ / "log"});
    for (std::uint64_t i = 1; i <= 3; ++i) {
      log.write(record("x"));
      log.flush();
      EXPECT_EQ(log.failures(), i) << "each line counts once";
    }
  }
  const std::string told = ::testing::internal::GetCapturedStderr();
  EXPECT_THAT(told, ::testing::HasSubstr("No space left on device; 1 lines late or lost"));
  EXPECT_EQ(std::count(told.begin(), told.end(), '\n'), 1) << "told at intervals, not for each line";
}

TEST_F(AccessLogTest, GoesOnInOrderOnceThereIsRoomAgain) {
  AccessLog log({.file = folder_ / "log"});
  ::testing::internal::CaptureStderr();
  log.write(record("before"));
  log.flush();
  {
    const breakwater::testing::FileSizeLimit limit(std::filesystem::file_size(folder_ / "log") + 10);
    log.write(record("late 1"));
    log.flush();
    log.write(record("late 2"));
    log.flush();
    EXPECT_EQ(log.failures(), 2U);
  }
  log.write(record("after"));
  log.flush();
  ::testing::internal::GetCapturedStderr();
  EXPECT_THAT(ids(folder_ / "log"), ::testing::ElementsAre("before", "late 1", "late 2", "after"));
  EXPECT_EQ(log.failures(), 2U);
}

TEST_F(AccessLogTest, KeepsNoMoreThanItsLimitInMemory) {
  std::filesystem::create_symlink("/dev/full", folder_ / "log");
  ::testing::internal::CaptureStderr();
  AccessLog log({.file = folder_ / "log"});
  const std::string url(kMaxFieldBytes, 'u');
  AccessRecord large;
  large.url = url;
  const std::uint64_t lines = AccessLog::kMaxWaiting / kMaxFieldBytes + 1000;
  for (std::uint64_t i = 0; i < lines; ++i)
    log.write(large);
  log.flush();
  EXPECT_EQ(log.failures(), lines) << "late and lost together";
  ::testing::internal::GetCapturedStderr();
}

TEST_F(AccessLogTest, DashIsStandardOutput) {
  ::testing::internal::CaptureStdout();
  {
    AccessLog log({.file = "-"});
    log.write(record("seen"));
  }
  EXPECT_EQ(nlohmann::json::parse(::testing::internal::GetCapturedStdout())["id"], "seen");
}

}  // namespace
}  // namespace breakwater::telemetry
