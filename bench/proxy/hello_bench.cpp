// What does it cost to read a ClientHello: one record as browsers send it, without and with post-quantum key shares,
// and split.

#include <benchmark/benchmark.h>

#include "proxy/tls/client_hello.h"
#include "tests/proxy/tls/hello_builder.h"

namespace breakwater::tls {
namespace {

constexpr std::size_t kClassicKeyShare = 41;
constexpr std::size_t kPostQuantumKeyShare = 1216;

void parse(benchmark::State& state, const testing::Bytes& input, HelloStatus expected) {
  for (auto _ : state) {
    ClientHello hello;
    const auto status = parse_client_hello(input, hello);
    if (status != expected) state.SkipWithError("wrong answer");
    benchmark::DoNotOptimize(hello);
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(input.size()));
}

void classic(benchmark::State& state) {
  parse(state, testing::record(testing::browser_hello(kClassicKeyShare).message()), HelloStatus::done);
}

void post_quantum(benchmark::State& state) {
  parse(state, testing::record(testing::browser_hello(kPostQuantumKeyShare).message()), HelloStatus::done);
}

void split_over_records(benchmark::State& state) {
  const auto message = testing::browser_hello(kPostQuantumKeyShare).message();
  const auto records = static_cast<std::size_t>(state.range(0));
  parse(state, testing::records(message, (message.size() + records - 1) / records), HelloStatus::done);
}

void cut_short(benchmark::State& state) {
  auto input = testing::record(testing::browser_hello(kPostQuantumKeyShare).message());
  input.pop_back();
  parse(state, input, HelloStatus::need_more);
}

BENCHMARK(classic);
BENCHMARK(post_quantum);
BENCHMARK(split_over_records)->Arg(2)->Arg(kMaxHelloRecords);
BENCHMARK(cut_short);

}  // namespace
}  // namespace breakwater::tls
