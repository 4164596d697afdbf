// What does a request pay for its line in the access log, and for its reference?

#include <filesystem>

#include <benchmark/benchmark.h>

#include "proxy/telemetry/access_log.h"
#include "proxy/telemetry/id.h"

namespace breakwater::telemetry {
namespace {

AccessRecord typical() {
  AccessRecord record;
  record.time = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  record.id = "7QK4M-2XP9D";
  record.client = "10.20.31.77";
  record.group = "learners";
  record.method = "CONNECT";
  record.scheme = "https";
  record.host = "learning.example.org";
  record.port = 443;
  record.sni = "learning.example.org";
  record.alpn = "h2,http/1.1";
  record.action = "allow";
  record.reason = "default";
  record.categories = {"education"};
  record.period = "session";
  record.status = 200;
  record.bytes_up = 5'120;
  record.bytes_down = 1'048'576;
  record.ms_connect = std::chrono::microseconds(12'345);
  record.ms_total = std::chrono::microseconds(61'002'003);
  record.end = "client";
  return record;
}

void format(benchmark::State& state) {
  const auto record = typical();
  std::string line;
  for (auto _ : state) {
    line.clear();
    append_json(line, record);
    benchmark::DoNotOptimize(line.data());
  }
}

/// With the writing thread at work, as processor time of the whole process.
void write(benchmark::State& state) {
  const auto record = typical();
  const auto file = std::filesystem::temp_directory_path() / "breakwater-log-bench";
  {
    AccessLog log({.file = file, .rotate_bytes = 64 << 20, .keep = 0});
    constexpr std::uint64_t kBurst = 10'000;  // no gateway is faster than its log for longer
    std::uint64_t lines = 0;
    for (auto _ : state) {
      log.write(record);
      if (++lines % kBurst == 0) log.flush();
    }
    state.counters["failures"] = static_cast<double>(log.failures());
  }
  std::filesystem::remove(file);
}

void reference(benchmark::State& state) {
  for (auto _ : state)
    benchmark::DoNotOptimize(make_reference());
}

BENCHMARK(format);
BENCHMARK(write)->MeasureProcessCPUTime()->UseRealTime();
BENCHMARK(reference);

}  // namespace
}  // namespace breakwater::telemetry
