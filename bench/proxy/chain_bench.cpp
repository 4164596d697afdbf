// What does a group of attempts cost until it is on disk, sealed and linked; how large are they; how long does a chain
// take to be verified; who waits while one is deleted?

#include <atomic>
#include <thread>

#include <benchmark/benchmark.h>
#include <unistd.h>

#include "proxy/safeguarding/recorder.h"
#include "proxy/safeguarding/store.h"
#include "proxy/safeguarding/verify.h"

namespace breakwater::safeguarding {
namespace {

/// A state folder that goes at the end.
class Folder {
 public:
  Folder() : path_(std::filesystem::temp_directory_path() / ("breakwater-chain-" + std::to_string(::getpid()))) {}
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { std::filesystem::remove_all(path_); }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// As of a learner by plain HTTP.
std::vector<Attempt> attempts(std::int64_t first, std::int64_t count) {
  std::vector<Attempt> all(static_cast<std::size_t>(count));
  for (auto& one : all) {
    one.time = Milliseconds(std::chrono::milliseconds(1'763'892'000'000 + first * 10));
    one.id = std::to_string(10'000'000'000 + first++);
    one.civil = "2026-11-23T10:00:00.000+00:00";
    one.client = "10.20.30.40";
    one.device = "pool-laptop-17";
    one.user = "learner17@centre.example";
    one.group = "learners";
    one.host = "www.extremism.example";
    one.url = "http://www.extremism.example/join/us?now=please";
    one.method = "GET";
    one.category = "extremism";
    one.concern = "danger";
    one.list = "feeds/extremism/domains";
    one.line = 17;
    one.period = "session";
    one.reason = "floor";
    one.pseudonym = "P-7QK4M2XP";
    one.confidence = "account";
    one.host_tag = "7QK4M2XP";
    one.theme = "terrorism and extremism";
    one.action = "block";
  }
  return all;
}

void append(benchmark::State& state) {
  const Folder folder;
  auto store = *Store::open(folder.path(), Store::Mode::read_write);
  std::int64_t next = 0;
  for (auto _ : state) {
    if (const auto error = store->append(attempts(next, state.range(0)))) state.SkipWithError(error->message.c_str());
    next += state.range(0);
  }
  store.reset();  // its log goes into the file
  state.SetItemsProcessed(next);
  state.counters["bytes_each"] =
      static_cast<double>(std::filesystem::file_size(folder.path() / "attempts.db")) / static_cast<double>(next);
}

void verify(benchmark::State& state) {
  constexpr std::int64_t kGroup = 10'000;
  const Folder folder;
  auto store = *Store::open(folder.path(), Store::Mode::read_write);
  for (std::int64_t next = 0; next < state.range(0); next += kGroup) {
    if (const auto error = store->append(attempts(next, kGroup))) state.SkipWithError(error->message.c_str());
    if (!store->sign_head(Milliseconds{})) state.SkipWithError("no head");
  }
  for (auto _ : state) {
    std::string error;
    const auto found = verify_state(folder.path(), {}, error);
    if (!found || found->fault) state.SkipWithError("the chain does not hold");
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

/// All of a chain is deleted while 500 attempts a second are recorded: how long does one of them wait at most?
void erase(benchmark::State& state) {
  constexpr std::int64_t kGroup = 10'000;
  constexpr std::chrono::milliseconds kBetween{2};
  using Clock = std::chrono::steady_clock;
  const Folder folder;
  auto store = *Store::open(folder.path(), Store::Mode::read_write);
  for (std::int64_t next = 0; next < state.range(0); next += kGroup)
    if (const auto error = store->append(attempts(next, kGroup))) state.SkipWithError(error->message.c_str());
  Deletion all{"attempts after 1d", Deletion::What::all, {Kind::attempt}, attempts(state.range(0), 1)[0].time};
  std::atomic<std::int64_t> longest{0};  // microseconds
  std::atomic<std::int64_t> deferred{0};
  Recorder recorder(folder.path(), {}, [&state](const std::string& message) { state.SkipWithError(message.c_str()); });
  for (auto _ : state) {
    const std::jthread clients([&](const std::stop_token& stop) {
      auto next = state.range(0);
      for (auto due = Clock::now(); !stop.stop_requested(); due += kBetween) {
        std::this_thread::sleep_until(due);
        recorder.record(attempts(next++, 1)[0], [&, asked = Clock::now()](Recorded recorded) {
          if (recorded != Recorded::durable) ++deferred;
          const auto waited = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - asked).count();
          longest = std::max<std::int64_t>(longest, waited);
        });
      }
    });
    if (const auto error = store->erase(all, attempts(0, 1)[0].time)) state.SkipWithError(error->message.c_str());
  }
  state.SetItemsProcessed(all.count);
  state.counters["recorded"] = static_cast<double>(recorder.counters().durable);
  state.counters["deferred"] = static_cast<double>(deferred);
  state.counters["longest_ms"] = static_cast<double>(longest) / 1000;
}

BENCHMARK(append)->Arg(1)->Arg(100)->Arg(1'000)->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK(verify)->Arg(1'000'000)->Iterations(1)->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK(erase)->Arg(100'000)->Arg(1'000'000)->Iterations(1)->UseRealTime()->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace breakwater::safeguarding
