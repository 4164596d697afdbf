#include "proxy/operations/metrics.h"

#include <algorithm>
#include <array>
#include <limits>

#include <fmt/format.h>
#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include "proxy/operations/health.h"

namespace breakwater::operations {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;
using telemetry::Counter;

using Labels = std::vector<ClientMetric::Label>;

/// Counters whose name in Prometheus is not their own with "_total" behind it.
struct Renamed {
  Counter counter;
  std::string_view family;
  std::string_view label;
  std::string_view value;
  std::string_view help;
};
constexpr auto kRenamed = std::to_array<Renamed>({
    {Counter::accepted, "connections_accepted_total", "", "", "Client connections accepted"},
    {Counter::active_connections, "connections_open", "", "", "Client connections open now"},
    {Counter::over_limit, "connections_over_limit_total", "", "", "Client connections closed at once: over a limit"},
    {Counter::proxy_headers, "proxy_headers_total", "result", "done", "PROXY headers of balancers"},
    {Counter::proxy_headers_refused, "proxy_headers_total", "result", "refused", "PROXY headers of balancers"},
    {Counter::tunnels_open, "tunnels_open", "", "", "Tunnels open now"},
    {Counter::requests, "request_heads_total", "", "", "Request heads received"},
    {Counter::blocked, "requests_total", "verdict", "block", "Verdicts on requests and tunnels"},
    {Counter::allowed, "requests_total", "verdict", "allow", "Verdicts on requests and tunnels"},
    {Counter::hello_done, "client_hellos_total", "outcome", "done", "ClientHellos read in tunnels"},
    {Counter::hello_need_more, "client_hellos_total", "outcome", "need_more", ""},
    {Counter::hello_not_tls, "client_hellos_total", "outcome", "not_tls", ""},
    {Counter::hello_malformed, "client_hellos_total", "outcome", "malformed", ""},
    {Counter::hello_too_large, "client_hellos_total", "outcome", "too_large", ""},
    {Counter::hello_no_sni, "client_hellos_total", "outcome", "no_sni", ""},
});

double number(std::uint64_t value) {
  return static_cast<double>(value);
}

double number(GatewayState::Instant instant) {
  return static_cast<double>(instant.time_since_epoch().count());
}

/// Families in the order in which they were named first.
class Families {
 public:
  void add(std::string_view name, std::string_view help, double value, Labels labels = {}) {
    auto full = std::string("breakwater_").append(name);
    auto found = std::find_if(families_.begin(), families_.end(), [&](const auto& each) { return each.name == full; });
    if (found == families_.end()) {
      const auto type = name.ends_with("_total") ? MetricType::Counter : MetricType::Gauge;
      found = families_.insert(families_.end(), MetricFamily{std::move(full), std::string(help), type, {}});
    }
    ClientMetric metric;
    metric.label = std::move(labels);
    (found->type == MetricType::Counter ? metric.counter.value : metric.gauge.value) = value;
    found->metric.push_back(std::move(metric));
  }

  /// A histogram in seconds.
  void add(const telemetry::TimingTotal& total) {
    const auto& kind = telemetry::kTimed[static_cast<std::size_t>(total.timed)];
    MetricFamily family{
        fmt::format("breakwater_{}_seconds", kind.name), std::string(kind.help), MetricType::Histogram, {}};
    ClientMetric metric;
    for (std::size_t i = 0; i < total.buckets.size(); ++i) {
      metric.histogram.sample_count += total.buckets[i];
      metric.histogram.bucket.push_back({metric.histogram.sample_count, i < kind.bounds.size()
                                                                            ? number(kind.bounds[i]) / 1e6
                                                                            : std::numeric_limits<double>::infinity()});
    }
    metric.histogram.sample_sum = number(total.sum_us) / 1e6;
    family.metric.push_back(std::move(metric));
    families_.push_back(std::move(family));
  }

  const std::vector<MetricFamily>& all() const { return families_; }

 private:
  std::vector<MetricFamily> families_;
};

void add_counters(Families& out, const std::vector<telemetry::Total>& totals) {
  for (const auto& total : totals) {
    const auto* const named = std::find_if(kRenamed.begin(), kRenamed.end(), [&total](const Renamed& each) {
      return telemetry::kCounterNames[static_cast<std::size_t>(each.counter)].second == total.name;
    });
    if (named == kRenamed.end()) {
      std::string help(total.name);
      std::replace(help.begin(), help.end(), '_', ' ');
      out.add(std::string(total.name) + "_total", help, number(total.value));
    } else {
      Labels labels;
      if (!named->label.empty()) labels.push_back({std::string(named->label), std::string(named->value)});
      out.add(named->family, named->help, number(total.value), std::move(labels));
    }
  }
}

void add_sights(Families& out, const GatewayState& state) {
  for (const auto& total : state.sights) {
    const std::string way(telemetry::kWayNames[static_cast<std::size_t>(total.way)]);
    const std::string sight(telemetry::kSightNames[static_cast<std::size_t>(total.sight)]);
    const bool bytes = total.seen == telemetry::Seen::bytes_up || total.seen == telemetry::Seen::bytes_down;
    const std::string what(telemetry::kSeenNames[static_cast<std::size_t>(total.seen)].substr(bytes ? 6 : 0));
    if (bytes)
      out.add("sight_bytes_total", "Bytes from (up) and to (down) clients, by what the connection shows of its site",
              number(total.value), {{"way", way}, {"sight", sight}, {"direction", what}});
    else
      out.add("sight_connections_total", "Connections, by what they show of the site that they are for",
              number(total.value), {{"way", way}, {"sight", sight}, {"verdict", what}});
  }
  for (const auto& refused : state.refused)
    out.add("refused_packets_total", "Packets by nft's counters, as far as this gateway has watched them",
            number(refused.value), {{"counter", std::string(refused.name)}});
}

void add_records(Families& out, const GatewayState& state) {
  const auto& recorder = state.recorder;
  out.add("records_durable_total", "Attempts on disk", number(recorder.durable));
  out.add("records_deferred_total", "Attempts that had to wait for the store", number(recorder.deferred));
  out.add("records_refused_total", "Attempts not taken: the backlog was full", number(recorder.refused));
  out.add("record_store_failures_total", "Tries to write the store that failed", number(recorder.failures));
  out.add("records_waiting", "Attempts in memory, not yet on disk", number(recorder.backlog));
  out.add("store_bytes", "Size of the store", number(state.store.bytes));
  out.add("store_free_bytes", "Room on the disk of the state directory", number(state.store.free_bytes));
  if (state.central) {
    out.add("central_forwarded_total", "Records that came to the central store", number(state.central->forwarded));
    out.add("central_waiting", "Records that are here alone", number(state.central->waiting));
    out.add("central_failures_total", "Tries to forward that failed", number(state.central->failures));
    out.add("central_forks_total", "Tries that found another chain there", number(state.central->forks));
  }
  out.add("outbox_letters", "Messages that wait to be sent", number(state.outbox.waiting));
  out.add("outbox_oldest_timestamp_seconds", "When the oldest of them was written; 0: none waits",
          number(state.outbox.oldest));
}

void add_lists(Families& out, const GatewayState& state) {
  const auto& in_force = state.in_force;
  out.add("policy_info", "The policy in force", 1, {{"sha256", in_force.policy_digest}});
  out.add("policy_loaded_timestamp_seconds", "When policy and lists were put in force", number(in_force.since));
  out.add("policy_refused_timestamp_seconds", "When a later change was refused; 0: none was", number(in_force.refused));
  out.add("lists_version", "Version of the lists in force", number(in_force.version));
  out.add("lists_entries", "Entries of the lists in force", number(in_force.entries));
  for (const auto& feed : state.feeds) {
    out.add("feed_fetched_timestamp_seconds", "When the lists of a feed came; 0: never", number(feed.fetched),
            {{"feed", feed.name}});
    out.add("feed_failures", "Failed checks of a feed, in a row", feed.failures, {{"feed", feed.name}});
  }
}

}  // namespace

std::string metrics_text(const GatewayState& state) {
  Families out;
  out.add("build_info", "The running program", 1, {{"version", state.version}});
  out.add("start_timestamp_seconds", "When the gateway started", number(state.started));
  out.add("healthy", "1 where /healthz answers 200", health_of(state).answer == Health::Answer::well ? 1 : 0);
  for (std::size_t i = 0; i < state.worker_age.size(); ++i)
    out.add("worker_turned_age_seconds", "Since the loop of a worker turned; it does so every second",
            static_cast<double>(state.worker_age[i].count()) / 1000, {{"worker", std::to_string(i)}});
  add_counters(out, state.counters);
  add_sights(out, state);
  for (const auto& total : state.timings)
    out.add(total);
  add_records(out, state);
  add_lists(out, state);
  return prometheus::TextSerializer().Serialize(out.all());
}

}  // namespace breakwater::operations
