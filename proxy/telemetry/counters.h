#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace breakwater::telemetry {

enum class Counter : std::uint8_t {
  accepted,
  active_connections,
  over_limit,
  proxy_headers,
  proxy_headers_refused,
  intercepted,
  intercept_loops,
  intercept_not_http,
  intercept_no_host,
  intercept_addresses,
  intercept_ech,
  tls_handshakes,
  tls_failures,
  sign_ins,
  sign_ins_refused,
  sign_ins_failed,
  requests,
  blocked,
  allowed,
  tunnels_open,
  hello_done,
  hello_need_more,
  hello_not_tls,
  hello_malformed,
  hello_too_large,
  hello_no_sni,
  dns_failures,
  connect_failures,
  private_destinations,
  record_failures,
  engine_errors,
  accept_errors,
  deadline_hits,
  log_failures,
  portal_failures,
  tunnels,
  tunnels_ech,
  addresses,
  of_accounts,
  of_devices,
  of_networks,
};

/// The one table of names, as printed and exported.
inline constexpr auto kCounterNames = std::to_array<std::pair<Counter, std::string_view>>({
    {Counter::accepted, "accepted"},
    {Counter::active_connections, "active_connections"},
    {Counter::over_limit, "over_limit"},
    {Counter::proxy_headers, "proxy_headers"},
    {Counter::proxy_headers_refused, "proxy_headers_refused"},
    {Counter::intercepted, "intercepted"},
    {Counter::intercept_loops, "intercept_loops"},
    {Counter::intercept_not_http, "intercept_not_http"},
    {Counter::intercept_no_host, "intercept_no_host"},
    {Counter::intercept_addresses, "intercept_addresses"},
    {Counter::intercept_ech, "intercept_ech"},
    {Counter::tls_handshakes, "tls_handshakes"},
    {Counter::tls_failures, "tls_failures"},
    {Counter::sign_ins, "sign_ins"},
    {Counter::sign_ins_refused, "sign_ins_refused"},
    {Counter::sign_ins_failed, "sign_ins_failed"},
    {Counter::requests, "requests"},
    {Counter::blocked, "blocked"},
    {Counter::allowed, "allowed"},
    {Counter::tunnels_open, "tunnels_open"},
    {Counter::hello_done, "hello_done"},
    {Counter::hello_need_more, "hello_need_more"},
    {Counter::hello_not_tls, "hello_not_tls"},
    {Counter::hello_malformed, "hello_malformed"},
    {Counter::hello_too_large, "hello_too_large"},
    {Counter::hello_no_sni, "hello_no_sni"},
    {Counter::dns_failures, "dns_failures"},
    {Counter::connect_failures, "connect_failures"},
    {Counter::private_destinations, "private_destinations_refused"},
    {Counter::record_failures, "record_failures"},
    {Counter::engine_errors, "engine_errors"},
    {Counter::accept_errors, "accept_errors"},
    {Counter::deadline_hits, "deadline_hits"},
    {Counter::log_failures, "log_failures"},
    {Counter::portal_failures, "portal_failures"},
    {Counter::tunnels, "tunnels"},
    {Counter::tunnels_ech, "tunnels_ech"},
    {Counter::addresses, "addresses"},
    {Counter::of_accounts, "of_accounts"},
    {Counter::of_devices, "of_devices"},
    {Counter::of_networks, "of_networks"},
});
static_assert(
    [] {
      std::size_t expected = 0;
      for (const auto& [counter, name] : kCounterNames)
        if (static_cast<std::size_t>(counter) != expected++) return false;
      return expected == static_cast<std::size_t>(Counter::of_networks) + 1;
    }(),
    "one name for each counter, in their order");

/// Does it say what is open now, not what has been?
constexpr bool is_gauge(std::string_view name) {
  return name == "active_connections" || name == "tunnels_open";
}

/// The counters of one worker: any thread may add, none waits. On a cache line of its own.
class alignas(64) Counters {
 public:
  void add(Counter counter, std::uint64_t n = 1) { value(counter).fetch_add(n, std::memory_order_relaxed); }
  void subtract(Counter counter) { value(counter).fetch_sub(1, std::memory_order_relaxed); }  ///< of what is open now
  std::uint64_t get(Counter counter) const {
    return values_[static_cast<std::size_t>(counter)].load(std::memory_order_relaxed);
  }

 private:
  std::atomic<std::uint64_t>& value(Counter counter) { return values_[static_cast<std::size_t>(counter)]; }
  std::array<std::atomic<std::uint64_t>, kCounterNames.size()> values_{};
};

struct Total {
  std::string_view name;
  std::uint64_t value;
};

/// The sums over all workers, in the order of the table.
inline std::vector<Total> totals(std::span<const Counters* const> workers) {
  std::vector<Total> sums;
  for (const auto& [counter, name] : kCounterNames) {
    std::uint64_t sum = 0;
    for (const Counters* worker : workers)
      sum += worker->get(counter);
    sums.push_back({name, sum});
  }
  return sums;
}

}  // namespace breakwater::telemetry
