#include "proxy/telemetry/log_erase.h"

#include <fstream>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "tests/support/temporary_folder.h"

namespace breakwater::telemetry {
namespace {

namespace fs = std::filesystem;

class LogEraseTest : public testing::Test {
 protected:
  fs::path log(std::string_view end = "") const { return folder_.path() / std::string("access.log").append(end); }
  void put(std::string_view end, std::string_view text) const { std::ofstream(log(end), std::ios::binary) << text; }
  std::string get(std::string_view end) const {
    std::ifstream in(log(end), std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  std::string erase() {
    return erase_lines(
        log(), [](std::string_view line) { return line.starts_with("bob"); }, done_);
  }

  test::TemporaryFolder folder_;
  ErasedLines done_;
};

TEST_F(LogEraseTest, TakesTheirLinesOutOfEveryFileAndLeavesAllOthersAsTheyAre) {
  const std::string odd("an\0odd\r\xff", 8);
  put("", "ann 1\nbob 2\n");
  put(".1", "bob 3\n\n" + odd + "\nbob 4\nann 5\npart of bob");
  put(".2", "ann 6\n");
  put(".40", "bob after a gap\n");
  put(".old", "bob in another file\n");
  fs::permissions(log(".1"), fs::perms(0640));
  fs::permissions(log(".2"), fs::perms(0400));
  EXPECT_EQ("", erase());
  EXPECT_EQ(4U, done_.removed);
  EXPECT_EQ("bob in another file\n", get(".old"));
  EXPECT_TRUE(done_.busy.empty());
  EXPECT_EQ("ann 1\n", get(""));
  EXPECT_EQ("\n" + odd + "\nann 5\npart of bob", get(".1"));
  EXPECT_EQ("ann 6\n", get(".2"));
  EXPECT_EQ(fs::perms(0640), fs::status(log(".1")).permissions());
  EXPECT_FALSE(fs::exists(log(".erase")));
}

TEST_F(LogEraseTest, LinesOverTheEndsOfWhatIsReadAtOnce) {
  std::string text;
  std::string kept;
  for (std::size_t size = 1; size < 700; ++size) {
    const auto line = std::string(size, 'a') + "\n";
    text.append(line).append("bob").append(line);
    kept.append(line);
  }
  put("", text);
  EXPECT_EQ("", erase());
  EXPECT_EQ(699U, done_.removed);
  EXPECT_EQ(kept, get(""));
}

TEST_F(LogEraseTest, ALineThatIsTooLongStaysAndIsTold) {
  const auto text = "bob" + std::string(3 * kLongestLine, 'x') + "\nbob 2\nann\n";
  put("", text);
  EXPECT_EQ("", erase());
  EXPECT_EQ(1U, done_.removed);
  EXPECT_EQ(1U, done_.unread);
  EXPECT_EQ(text.size() - 6, get("").size());
}

TEST_F(LogEraseTest, WhatSomebodyWritesToIsLeftAlone) {
  put("", "bob 1\n");
  put(".1", "bob 2\nann\n");
  const categories::File held{::open(log().c_str(), O_RDONLY | O_CLOEXEC)};
  ASSERT_EQ(0, ::flock(held.get(), LOCK_SH));
  EXPECT_EQ("", erase());
  EXPECT_THAT(done_.busy, testing::ElementsAre(log()));
  EXPECT_EQ("bob 1\n", get(""));
  EXPECT_EQ("ann\n", get(".1"));
}

TEST_F(LogEraseTest, WhatABrokenOffEraseHasLeftDoesNoHarm) {
  put("", "bob 1\nann\n");
  put(".erase", "whatever is longer than what is left of the log");
  EXPECT_EQ("", erase());
  EXPECT_EQ("ann\n", get(""));
  EXPECT_FALSE(fs::exists(log(".erase")));
}

TEST_F(LogEraseTest, NoLogHasNoLines) {
  EXPECT_EQ("", erase());
  EXPECT_EQ("", erase_lines(
                    folder_.path() / "nowhere/access.log", [](std::string_view) { return true; }, done_));
  EXPECT_EQ(0U, done_.removed);
}

}  // namespace
}  // namespace breakwater::telemetry
