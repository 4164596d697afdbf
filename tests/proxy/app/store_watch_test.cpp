#include "proxy/app/store_watch.h"

#include <fstream>
#include <limits>

#include <gmock/gmock.h>

#include "tests/support/temporary_folder.h"

namespace breakwater::app {
namespace {

using namespace std::chrono_literals;
using What = alerts::StoreTrouble::What;

TEST(IncidentTest, IsToldOnceItHasLastedAndOnceADay) {
  struct Step {
    std::chrono::minutes at;
    Incident::Now now;
    bool is_due;
  };
  constexpr auto kWell = Incident::Now::well;
  constexpr auto kWrong = Incident::Now::wrong;
  Incident incident;
  for (const auto& step :
       {Step{0min, kWell, false}, Step{1min, kWrong, false}, Step{5min, kWrong, false}, Step{6min, kWell, false},
        Step{7min, kWrong, false}, Step{16min, kWrong, false}, Step{17min, kWrong, true}, Step{18min, kWrong, false},
        Step{24h + 16min, kWrong, false}, Step{24h + 17min, kWrong, true}, Step{24h + 18min, kWrong, false},
        Step{25h, kWell, false}, Step{26h, kWrong, false}, Step{27h, kWrong, true}}) {
    const Incident::Steady::time_point time(step.at);
    EXPECT_EQ(incident.is_due(step.now, time, 10min), step.is_due) << step.at.count();
  }
  EXPECT_EQ(incident.age(Incident::Steady::time_point(28h)), 2h);
}

/// What is told of a recorder until one message of that kind has come.
alerts::StoreTrouble first(What what, const std::filesystem::path& state, std::uint64_t little_room) {
  safeguarding::Recorder recorder(state, {}, {});
  recorder.record({}, {});
  std::mutex mutex;
  std::condition_variable wake;
  std::optional<alerts::StoreTrouble> told;
  StoreWatch::Options options;
  options.state = state.parent_path();
  options.now = [] { return safeguarding::Milliseconds(1h); };
  options.tell = [&](const alerts::StoreTrouble& trouble) {
    const std::lock_guard lock(mutex);
    if (trouble.what == what) told = trouble;
    wake.notify_one();
  };
  options.little_room = little_room;
  options.fails_for = 20ms;
  options.every = 1ms;
  const StoreWatch watch(recorder, std::move(options));
  std::unique_lock lock(mutex);
  EXPECT_TRUE(wake.wait_for(lock, 20s, [&] { return told.has_value(); }));
  return told.value_or(alerts::StoreTrouble{});
}

TEST(StoreWatchTest, TellsOfAStoreThatFailsAndOfLittleRoom) {
  const test::TemporaryFolder folder;
  const auto room = first(What::little_room, folder.path() / "state", std::numeric_limits<std::uint64_t>::max());
  EXPECT_GT(room.left, 0U);
  std::ofstream(folder.path() / "no folder") << "a file in its place";
  const auto failure = first(What::fails, folder.path() / "no folder", 0);
  EXPECT_EQ(failure.waiting, 1U);
  EXPECT_LE(failure.since, safeguarding::Milliseconds(1h - 20ms));
}

}  // namespace
}  // namespace breakwater::app
