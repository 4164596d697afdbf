#include "proxy/feeds/progress.h"

#include <array>
#include <string>

#include <gtest/gtest.h>
#include <pty.h>
#include <unistd.h>

namespace breakwater::feeds {
namespace {

using std::chrono::milliseconds;

TEST(Progress, Sizes) {
  const std::pair<std::uint64_t, const char*> table[] = {
      {0, "0 B"},           {1023, "1023 B"},        {1024, "1.0 KiB"},       {1536, "1.5 KiB"},
      {1 << 20, "1.0 MiB"}, {1ULL << 30, "1.0 GiB"}, {1ULL << 40, "1.0 TiB"}, {1ULL << 50, "1024.0 TiB"}};
  for (const auto& [bytes, expected] : table)
    EXPECT_EQ(size_text(bytes), expected);
}

TEST(Progress, Text) {
  constexpr std::uint64_t kMiB = 1 << 20;
  const auto text = [](std::uint64_t received, std::uint64_t total, std::uint64_t before, int ms,
                       std::size_t columns = 80) {
    return progress_text("ut1", received, total, before, milliseconds(ms), columns);
  };
  EXPECT_EQ(text(0, 0, 0, 0), "ut1  0 B");
  EXPECT_EQ(text(kMiB, 0, 0, 500), "ut1  1.0 MiB  2.0 MiB/s");
  EXPECT_EQ(text(kMiB, 4 * kMiB, 0, 1000), "ut1  [######..................]  25%  1.0 MiB  1.0 MiB/s  0:03");
  EXPECT_EQ(text(3 * kMiB, 4 * kMiB, 2 * kMiB, 500), "ut1  [##################......]  75%  3.0 MiB  2.0 MiB/s  0:00");
  EXPECT_EQ(text(kMiB, 4096 * kMiB, 0, 10'000), "ut1  [........................]  0%  1.0 MiB  102.4 KiB/s  11:22:30");
  EXPECT_EQ(text(5, 4, 0, 0), "ut1  [########################]  100%  5 B");  // more than was announced
  EXPECT_EQ(text(kMiB, 4 * kMiB, 0, 1000, 10), "ut1  [####");
}

TEST(Progress, OnATerminalALineIsWrittenOver) {
  int master = -1;
  int slave = -1;
  if (::openpty(&master, &slave, nullptr, nullptr, nullptr) != 0) GTEST_SKIP() << "no terminals on this machine";
  std::FILE* out = ::fdopen(slave, "w");
  const auto progress = make_progress(out);
  progress->start("ut1");
  progress->moved(512, 1024);
  progress->finish("a new version");
  std::fclose(out);  // what is read ends, be it less than expected
  const std::string expected =
      "\rut1\x1b[K\rut1  [############............]  50%  512 B\x1b[K\r\x1b[Kut1: a new version\r\n";
  std::string shown;
  std::array<char, 400> part{};
  while (shown.size() < expected.size()) {  // a terminal gives it in pieces
    const auto got = ::read(master, part.data(), part.size());
    if (got <= 0) break;
    shown.append(part.data(), static_cast<std::size_t>(got));
  }
  ::close(master);
  EXPECT_EQ(shown, expected);
}

TEST(Progress, ElsewhereOnePlainLine) {
  std::FILE* out = std::tmpfile();
  const auto progress = make_progress(out);
  for (const auto* const name : {"ut1", "other"}) {
    progress->start(name);
    progress->moved(512, 1024);
    progress->finish("unchanged");
  }
  std::rewind(out);
  std::string shown(400, '\0');
  shown.resize(std::fread(shown.data(), 1, shown.size(), out));
  std::fclose(out);
  EXPECT_EQ(shown, "ut1: unchanged\nother: unchanged\n");
}

}  // namespace
}  // namespace breakwater::feeds
