// What does a request pay to know who asks, and what does a change of who is where cost?

#include <benchmark/benchmark.h>

#include "proxy/identity/evidence.h"

namespace breakwater::identity {
namespace {

constexpr auto kNow = rules::SysSeconds(std::chrono::seconds(1'763'800'000));

categories::IpAddress address(std::uint32_t number) {
  return categories::IpAddress::from_v4(0x0a140000 + number);
}

/// So many devices, each with a neighbour entry, a lease, and somebody signed in.
Evidence evidence(std::uint32_t count) {
  Evidence all;
  for (std::uint32_t i = 0; i < count; ++i) {
    const MacAddress mac({0, 0, 0x5e, static_cast<std::uint8_t>(i >> 16), static_cast<std::uint8_t>(i >> 8),
                          static_cast<std::uint8_t>(i)});
    all.neighbours[address(i)] = mac;
    all.leases[0][address(i)] = {mac, kNow + std::chrono::hours(1), "leases:" + std::to_string(i)};
    AccountingRequest request;
    request.status = Accounting::interim;
    request.session = std::to_string(i);
    request.user = "learner" + std::to_string(i) + "@example.org";
    request.mac = mac;
    all.sessions.apply(request, address(0), kNow);
  }
  return all;
}

void find(benchmark::State& state) {
  const auto count = static_cast<std::uint32_t>(state.range(0));
  const auto map = merge(evidence(count), IdentityMap(), kNow);
  std::uint32_t i = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(map.find(address(i)));
    i = (i + 7919) % count;
  }
}

void merge_all(benchmark::State& state) {
  const auto all = evidence(static_cast<std::uint32_t>(state.range(0)));
  const auto before = merge(all, IdentityMap(), kNow);
  for (auto _ : state)
    benchmark::DoNotOptimize(merge(all, before, kNow));
}

BENCHMARK(find)->Arg(1'000)->Arg(10'000);
BENCHMARK(merge_all)->Arg(1'000)->Arg(10'000)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace breakwater::identity
