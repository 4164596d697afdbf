#include <string>
#include <string_view>

#include <benchmark/benchmark.h>

#include "proxy/http/head.h"

/// What does a request head cost? Parsed whole, parsed again with each of its packets, and written for the origin.
namespace breakwater::http {
namespace {

constexpr std::string_view kGet =
    "GET http://www.example.co.uk/courses/engineering/level-3?intake=2026-09&mode=day HTTP/1.1\r\n"
    "Host: www.example.co.uk\r\n"
    "Proxy-Connection: keep-alive\r\n"
    "Upgrade-Insecure-Requests: 1\r\n"
    "User-Agent: Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 "
    "Safari/537.36\r\n"
    "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8\r\n"
    "Referer: http://www.example.co.uk/courses/\r\n"
    "Accept-Encoding: gzip, deflate\r\n"
    "Accept-Language: en-GB,en;q=0.9,cy;q=0.8\r\n"
    "Cookie: session=7c1d6f0a9be24b6f; consent=1\r\n"
    "\r\n";

constexpr std::string_view kConnect =
    "CONNECT www.example.co.uk:443 HTTP/1.1\r\n"
    "Host: www.example.co.uk:443\r\n"
    "Proxy-Connection: keep-alive\r\n"
    "User-Agent: Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 "
    "Safari/537.36\r\n"
    "\r\n";

void parse(benchmark::State& state, std::string_view bytes) {
  RequestHead head;
  HeadError error{};
  for (auto _ : state) {
    if (parse_request_head(bytes, {}, head, error) != HeadStatus::done) return state.SkipWithError("refused");
    benchmark::DoNotOptimize(head);
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(bytes.size()));
}
BENCHMARK_CAPTURE(parse, get, kGet);
BENCHMARK_CAPTURE(parse, connect, kConnect);

/// A peer that sends the largest head byte by byte: the cost of one more look at it.
void parse_unfinished(benchmark::State& state) {
  const HeadLimits limits;
  auto bytes = std::string{kGet.substr(0, kGet.size() - 2)} + "X: ";
  bytes.append(limits.bytes - bytes.size() - 1, 'x');
  RequestHead head;
  HeadError error{};
  for (auto _ : state)
    if (parse_request_head(bytes, limits, head, error) != HeadStatus::need_more)
      return state.SkipWithError("not unfinished");
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(bytes.size()));
}
BENCHMARK(parse_unfinished);

void write_upstream(benchmark::State& state) {
  RequestHead head;
  HeadError error{};
  if (parse_request_head(kGet, {}, head, error) != HeadStatus::done) return state.SkipWithError("refused");
  std::string out;
  for (auto _ : state) {
    out.clear();
    append_upstream_head(out, head);
    benchmark::DoNotOptimize(out.data());
  }
}
BENCHMARK(write_upstream);

}  // namespace
}  // namespace breakwater::http
