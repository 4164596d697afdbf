#include "bench/e2e/report.h"

#include <cstdio>
#include <numeric>

namespace breakwater::bench {
namespace {

constexpr double kMebibyte = 1024.0 * 1024.0;

double seconds(std::chrono::nanoseconds time) {
  return std::chrono::duration<double>(time).count();
}

double per_second(const Report& report, double amount) {
  return report.measured.count() == 0 ? 0 : amount / seconds(report.measured);
}

std::string fixed(double value) {
  std::array<char, 64> text{};
  const int size = std::snprintf(text.data(), text.size(), "%.1f", value);
  return std::string(text.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
}

std::string microseconds(std::chrono::nanoseconds time) {
  return fixed(seconds(time) * 1e6);
}

std::string failures(const Report& report, std::string_view quote) {
  std::string text;
  for (std::size_t kind = 0; kind < kFailureKinds; ++kind) {
    if (report.failures[kind] == 0) continue;
    if (!text.empty()) text.append(", ");
    text.append(quote).append(to_string(static_cast<Failure>(kind))).append(quote);
    text.append(": ").append(std::to_string(report.failures[kind]));
  }
  return text;
}

}  // namespace

std::uint64_t Report::errors() const {
  return std::accumulate(failures.begin(), failures.end(), std::uint64_t{0});
}

std::string to_text(const Report& report) {
  std::string text;
  if (report.mode == Mode::bulk) {
    text = fixed(per_second(report, static_cast<double>(report.bytes)) / kMebibyte) + " MiB/s";
  } else {
    const Histogram& latency = report.latency;
    text = fixed(per_second(report, static_cast<double>(latency.count()))) + " requests/s, p50 " +
           microseconds(latency.quantile(0.5)) + " p90 " + microseconds(latency.quantile(0.9)) + " p99 " +
           microseconds(latency.quantile(0.99)) + " max " + microseconds(latency.max()) + " us";
  }
  text += ", " + std::to_string(report.errors()) + " errors";
  if (report.errors() != 0) text += " (" + failures(report, "") + ")";
  return text;
}

std::string to_json(const Report& report) {
  const Histogram& latency = report.latency;
  return "{\"seconds\": " + fixed(seconds(report.measured)) + ", \"requests\": " + std::to_string(latency.count()) +
         ", \"requests_total\": " + std::to_string(report.total) +
         ", \"requests_per_second\": " + fixed(per_second(report, static_cast<double>(latency.count()))) +
         ", \"p50_us\": " + microseconds(latency.quantile(0.5)) +
         ", \"p90_us\": " + microseconds(latency.quantile(0.9)) +
         ", \"p99_us\": " + microseconds(latency.quantile(0.99)) +
         ", \"p999_us\": " + microseconds(latency.quantile(0.999)) + ", \"max_us\": " + microseconds(latency.max()) +
         ", \"mib_per_second\": " + fixed(per_second(report, static_cast<double>(report.bytes)) / kMebibyte) +
         ", \"bytes_total\": " + std::to_string(report.bytes_total) +
         ", \"connections_opened\": " + std::to_string(report.connections_opened) +
         ", \"errors\": " + std::to_string(report.errors()) + ", \"errors_by_kind\": {" + failures(report, "\"") + "}}";
}

}  // namespace breakwater::bench
