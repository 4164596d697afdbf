// What does it cost to say what a host is? The host index and Hyperscan's pure-literal API over the same generated
// domains, so that the choice between them can be questioned, and the whole catalogue from text to answer.
//
// Hyperscan takes half a minute and 1.7 GB for 1,000,000 domains: BREAKWATER_BENCH_HYPERSCAN_MAX (default 100000) lets
// it.

#include <algorithm>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>
#include <hs.h>

#include "bench/categories/generated_lists.h"
#include "categories/catalogue.h"
#include "categories/url.h"

namespace {

using namespace breakwater::categories;
using namespace breakwater::categories::bench;

constexpr std::size_t kQueries = 1 << 17;  // what they touch of a large index fits no cache
constexpr std::size_t kAhead = 8;
constexpr std::size_t kCacheLine = 64;
enum class Asked : int { listed, absent };

/// Hosts of three labels: subdomains of listed domains, or of none.
std::vector<Host> queries(const std::vector<std::string>& names, Asked asked) {
  std::mt19937_64 random{2};
  std::vector<Host> hosts;
  for (std::size_t i = 0; i < kQueries; ++i) {
    const auto domain = asked == Asked::listed ? names[random() % names.size()] : random_domain(random);
    hosts.push_back(*normalise_host("www." + domain, HostSource::wire));
  }
  return hosts;
}

/// Kept between the benchmarks that ask for the same size.
const Built& built_domains(const std::vector<std::string>& names) {
  static Built built;
  if (built.size != names.size()) built = build(names);
  return built;
}

void classify(benchmark::State& state, Asked asked) {
  const auto names = domains(static_cast<std::size_t>(state.range(0)));
  const auto& built = built_domains(names);
  const auto catalogue = opened(built.image);
  const auto hosts = queries(names, asked);
  const auto scratch = catalogue->make_scratch();
  Classification answer;
  std::size_t next = 0;
  std::size_t hits = 0;
  for (auto _ : state) {
    // A gateway has just parsed the host that it asks for: the bench's own array is not to be waited for.
    const auto& coming = hosts[(next + kAhead) % kQueries];
    __builtin_prefetch(&coming);
    __builtin_prefetch(coming.text().data() + kCacheLine);
    catalogue->classify(hosts[next++ % kQueries], {}, *scratch, answer);
    hits += answer.categories.any();
  }
  state.counters["hits"] = benchmark::Counter(static_cast<double>(hits), benchmark::Counter::kAvgIterations);
  state.counters["build_s"] = built.seconds;
  state.counters["bytes/entry"] = static_cast<double>(built.image.size()) / static_cast<double>(names.size());
}

void hyperscan(benchmark::State& state, Asked asked) {
  const auto names = domains(static_cast<std::size_t>(state.range(0)));
  std::vector<const char*> texts;
  std::vector<std::size_t> lengths;
  std::vector<unsigned> ids;
  for (const auto& name : names) {
    texts.push_back(name.c_str());
    lengths.push_back(name.size());
    ids.push_back(static_cast<unsigned>(ids.size()));
  }
  const std::vector<unsigned> flags(names.size(), HS_FLAG_SINGLEMATCH);
  hs_database_t* database = nullptr;
  hs_compile_error_t* error = nullptr;
  const auto begin = std::chrono::steady_clock::now();
  if (hs_compile_lit_multi(texts.data(), flags.data(), ids.data(), lengths.data(), static_cast<unsigned>(names.size()),
                           HS_MODE_BLOCK, nullptr, &database, &error) != HS_SUCCESS)
    return state.SkipWithError(error->message);
  state.counters["build_s"] = seconds_since(begin);
  hs_scratch_t* scratch = nullptr;
  hs_alloc_scratch(database, &scratch);
  std::size_t size = 0;
  hs_database_size(database, &size);
  state.counters["bytes/entry"] = static_cast<double>(size) / static_cast<double>(names.size());

  const auto hosts = queries(names, asked);
  const auto on_match = [](unsigned, unsigned long long, unsigned long long, unsigned, void* matched) {
    *static_cast<bool*>(matched) = true;
    return 0;
  };
  std::size_t next = 0;
  std::size_t hits = 0;
  for (auto _ : state) {
    const auto text = hosts[next++ % kQueries].text();
    bool matched = false;
    hs_scan(database, text.data(), static_cast<unsigned>(text.size()), 0, scratch, on_match, &matched);
    hits += matched;
  }
  state.counters["hits"] = benchmark::Counter(static_cast<double>(hits), benchmark::Counter::kAvgIterations);
  hs_free_scratch(scratch);
  hs_free_database(database);
}

/// What a start or a reload costs where the compiled file is there: map it and check it.
void open(benchmark::State& state) {
  const auto& built = built_domains(domains(static_cast<std::size_t>(state.range(0))));
  const ScratchFile file;
  std::string error;
  if (!write_image(file.path, built.image, Durability::cached, error)) return state.SkipWithError(error.c_str());
  for (auto _ : state)
    benchmark::DoNotOptimize(Catalogue::open(file.path));
}

/// A URL of 100 bytes against 20,000 listed URLs, and the same host where only it is known, as for HTTPS.
void url(benchmark::State& state, bool path_known) {
  const auto names = domains(20'000);
  const auto built = build(urls_of(names));
  state.counters["build_s"] = built.seconds;
  const auto catalogue = *Catalogue::from_image(built.image);

  const auto hosts = queries(names, Asked::listed);
  std::vector<std::string> texts(hosts.size());
  for (std::size_t i = 0; i < hosts.size(); ++i) {
    append_match_text(texts[i], hosts[i], "/wp-content/themes/index.php?session=");
    texts[i].resize(100, 'x');
  }
  const auto scratch = catalogue->make_scratch();
  Classification answer;
  std::size_t next = 0;
  for (auto _ : state) {
    const auto i = next++ % kQueries;
    catalogue->classify(hosts[i], path_known ? std::string_view{texts[i]} : std::string_view{}, *scratch, answer);
    benchmark::DoNotOptimize(answer.categories);
  }
}

/// What a large gateway has: 100,000 listed URLs and 5,000 expressions. The URL has 100 bytes and is one of them, or
/// none. At most 2 us is the target.
void mixed(benchmark::State& state, Asked asked) {
  const auto names = domains(100'000);
  const auto urls = urls_of(names);
  static const auto built = build(urls, expressions(5'000));
  state.counters["build_s"] = built.seconds;
  const auto catalogue = opened(built.image);

  std::mt19937_64 random{4};
  std::vector<Host> hosts;
  std::vector<std::string> texts(kQueries);
  for (auto& text : texts) {
    const auto& url = urls[random() % urls.size()];
    const auto slash = url.find('/');
    const auto domain = asked == Asked::listed ? url.substr(0, slash) : random_domain(random);
    hosts.push_back(*normalise_host("www." + domain, HostSource::wire));
    append_match_text(text, hosts.back(), url.substr(slash) + "?utm_source=newsletter&session=");
    text.resize(100, 'x');
  }
  const auto scratch = catalogue->make_scratch();
  Classification answer;
  std::size_t next = 0;
  std::size_t hits = 0;
  for (auto _ : state) {
    const auto i = next++ % kQueries;
    catalogue->classify(hosts[i], texts[i], *scratch, answer);
    hits += answer.categories.any();
  }
  state.counters["hits"] = benchmark::Counter(static_cast<double>(hits), benchmark::Counter::kAvgIterations);
}

/// Addresses against 100,000 networks of 17 lengths, each of which is asked for.
void networks(benchmark::State& state, Asked asked) {
  std::mt19937_64 random{5};
  std::vector<IpAddress> firsts;
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < 100'000; ++i) {
    const auto prefix = 16 + i % 17;
    // Below 128.0.0.0 is what is listed, above it what is not.
    const auto first = static_cast<std::uint32_t>(random() & 0x7fff'ffff & ~std::uint64_t{0} << (32 - prefix));
    firsts.push_back(IpAddress::from_v4(first));
    lines.push_back(firsts.back().to_string() + '/' + std::to_string(prefix));
  }
  static const auto built = build(lines);
  const auto catalogue = opened(built.image);
  std::vector<Host> hosts;
  for (std::size_t i = 0; i < kQueries; ++i) {
    const auto address = asked == Asked::listed
                             ? firsts[random() % firsts.size()]
                             : IpAddress::from_v4(static_cast<std::uint32_t>(random()) | 0x8000'0000);
    hosts.push_back(*normalise_host(address.to_string(), HostSource::wire));
  }
  const auto scratch = catalogue->make_scratch();
  Classification answer;
  std::size_t next = 0;
  std::size_t hits = 0;
  for (auto _ : state) {
    catalogue->classify(hosts[next++ % kQueries], {}, *scratch, answer);
    hits += answer.categories.any();
  }
  state.counters["hits"] = benchmark::Counter(static_cast<double>(hits), benchmark::Counter::kAvgIterations);
}

void sizes(benchmark::internal::Benchmark* benchmark) {
  for (const int size : {1'000, 100'000, 1'000'000, 5'000'000})
    benchmark->Arg(size);
}

void hyperscan_sizes(benchmark::internal::Benchmark* benchmark) {
  const char* asked = std::getenv("BREAKWATER_BENCH_HYPERSCAN_MAX");
  const auto most = asked ? std::strtol(asked, nullptr, 10) : 100'000;
  for (const int size : {1'000, 100'000, 1'000'000})
    if (size <= most) benchmark->Arg(size);
}

BENCHMARK_CAPTURE(classify, listed, Asked::listed)->Apply(sizes);
BENCHMARK_CAPTURE(classify, absent, Asked::absent)->Apply(sizes);
BENCHMARK_CAPTURE(hyperscan, listed, Asked::listed)->Apply(hyperscan_sizes);
BENCHMARK_CAPTURE(hyperscan, absent, Asked::absent)->Apply(hyperscan_sizes);
BENCHMARK(open)->Arg(5'000'000)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(url, path, true);
BENCHMARK_CAPTURE(url, host_only, false);
BENCHMARK_CAPTURE(mixed, listed, Asked::listed);
BENCHMARK_CAPTURE(mixed, absent, Asked::absent);
BENCHMARK_CAPTURE(networks, listed, Asked::listed);
BENCHMARK_CAPTURE(networks, absent, Asked::absent);

}  // namespace
