#include <algorithm>
#include <array>
#include <csignal>
#include <random>

#include <gmock/gmock.h>
#include <sys/wait.h>

#include "proxy/safeguarding/recorder.h"
#include "tests/proxy/safeguarding/state_folder.h"

namespace breakwater::safeguarding {
namespace {

constexpr std::size_t kIdLength = 8;

class RecorderKillTest : public StateFolder {};

/// Records as fast as it can, and writes each id to `out` once it is told that it is on disk. Never returns.
[[noreturn]] void record_for_ever(const std::filesystem::path& state, Attempt attempt, int round, int out) {
  Recorder recorder(state, {}, nullptr);
  std::atomic<std::uint64_t> open{0};
  for (int number = 0;; ++number) {
    std::array<char, 32> id;  // kIdLength are used
    std::snprintf(id.data(), id.size(), "%02d-%05d", round, number);
    attempt.id = attempt.pseudonym =
        id.data();  // each a person of its own, so that none is counted in place of being recorded
    ++open;
    recorder.record(attempt, [&open, id, out](Recorded answer) {
      if (answer != Recorded::durable || ::write(out, id.data(), kIdLength) != kIdLength) ::_exit(1);
      --open;
      open.notify_one();
    });
    for (auto now = open.load(); now > 64; now = open.load())
      open.wait(now);
  }
}

TEST_F(RecorderKillTest, EveryAttemptThatWasToldIsThereAfterKill9) {
  constexpr int kRounds = 20;
  std::mt19937 random(20261123);
  std::vector<std::string> told;
  for (int round = 0; round < kRounds; ++round) {
    std::array<int, 2> ends;
    ASSERT_EQ(::pipe(ends.data()), 0);
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      ::close(ends[0]);
      record_for_ever(state_, attempt(""), round, ends[1]);
    }
    ::close(ends[1]);
    const auto enough = std::uniform_int_distribution<std::size_t>(1, 300)(random);
    std::array<char, kIdLength> id;
    std::size_t count = 0;
    bool alive = true;
    while (::read(ends[0], id.data(), id.size()) == static_cast<::ssize_t>(id.size())) {
      told.emplace_back(id.data(), id.size());
      if (++count >= enough && alive) {
        ASSERT_EQ(::kill(child, SIGKILL), 0);
        alive = false;  // what it said until then still counts
      }
    }
    ::close(ends[0]);
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) << "round " << round << ": it ended by itself";
  }
  auto kept = ids();
  std::sort(kept.begin(), kept.end());
  std::sort(told.begin(), told.end());
  EXPECT_GE(told.size(), static_cast<std::size_t>(kRounds));
  EXPECT_EQ(std::adjacent_find(kept.begin(), kept.end()), kept.end()) << "each once";
  EXPECT_TRUE(std::includes(kept.begin(), kept.end(), told.begin(), told.end()));
  EXPECT_THAT(query(raw(), "PRAGMA integrity_check"), ::testing::ElementsAre("ok"));
}

}  // namespace
}  // namespace breakwater::safeguarding
