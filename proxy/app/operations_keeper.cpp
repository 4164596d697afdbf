#include "proxy/app/operations_keeper.h"

#include <fmt/format.h>

#include "proxy/app/worker.h"
#include "proxy/feeds/checks.h"
#include "proxy/feeds/feed_state.h"
#include "proxy/net/listener.h"
#include "proxy/operations/health.h"
#include "proxy/operations/metrics.h"
#include "proxy/operations/service_manager.h"
#include "proxy/operations/status_json.h"
#include "proxy/snapshot/loader.h"

namespace breakwater::app {
namespace {

using operations::GatewayState;
using operations::Page;

constexpr std::size_t kSamples = 61;                 ///< the last of them is a minute after the first
constexpr std::chrono::seconds kEndsAfterDrain{15};  ///< to write what is left, on a slow disk

std::vector<GatewayState::Feed> feeds_in(const std::filesystem::path& state) {
  std::vector<GatewayState::Feed> feeds;
  std::error_code error;
  for (auto entry = std::filesystem::directory_iterator(state / "feeds", error);
       !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
    std::error_code ignored;
    if (!entry->is_directory(ignored)) continue;
    const auto feed = feeds::read_state(entry->path());
    feeds.push_back(
        {entry->path().filename().string(), feed.fetched_at, feed.checked_at, feed.failures, feed.last_error});
  }
  std::sort(feeds.begin(), feeds.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  return feeds;
}

std::vector<std::string> identity_sources(const snapshot::Settings& settings) {
  std::vector<std::string> sources;
  const auto add = [&sources](bool used, std::string_view name) {
    if (used) sources.emplace_back(name);
  };
  add(!settings.identity_register.empty(), "register");
  add(!settings.identity_dnsmasq_leases.empty(), "dnsmasq leases");
  add(!settings.identity_kea_leases4.empty() || !settings.identity_kea_leases6.empty(), "Kea leases");
  add(settings.identity_neighbours, "neighbours");
  add(!settings.radius_listen.empty(), "RADIUS");
  add(!settings.auth_users.empty() || !settings.auth_helper.empty(), "sign-in");
  return sources;
}

std::string digest_of(const std::filesystem::path& file) {
  std::string error;
  const auto text = snapshot::read_file(file, error);
  if (!text) return "";
  return feeds::sha256_of({reinterpret_cast<const std::uint8_t*>(text->data()), text->size()});
}

}  // namespace

OperationsKeeper::OperationsKeeper(std::filesystem::path state, std::filesystem::path policy,
                                   const snapshot::Settings& settings, const Clock& clock,
                                   const safeguarding::Recorder& recorder, EgressWatch& egress)
    : state_(std::move(state)),
      settings_(settings),
      clock_(clock),
      recorder_(recorder),
      egress_(egress),
      started_(clock.seconds()),
      pages_(io_.get_executor(),
             [this](std::string_view path) -> Page {
               if (path == "/metrics") return {200, "text/plain; version=0.0.4", operations::metrics_text(look())};
               if (path != "/healthz") return {404, "text/plain; charset=utf-8", "there is /metrics and /healthz\n"};
               const auto health = operations::health_of(look());
               const bool well = health.answer == operations::Health::Answer::well;
               return {static_cast<std::uint16_t>(well ? 200 : 503), "text/plain; charset=utf-8",
                       fmt::format("{}\n", fmt::join(health.lines, "\n"))};
             }),
      second_(io_.get_executor()) {
  in_force_.policy = std::move(policy);
}

OperationsKeeper::~OperationsKeeper() {
  stop();
}

bool OperationsKeeper::listen(std::vector<std::string>& announcements, std::string& error) {
  if (settings_.metrics_listen.empty()) return true;
  const auto endpoint = net::parse_endpoint(settings_.metrics_listen);
  net::error_code code;
  const auto bound = endpoint ? pages_.listen(*endpoint, code) : net::tcp::endpoint();
  if (!endpoint || code) {
    error = "metrics.listen: cannot listen on " + settings_.metrics_listen + ": " + code.message();
    return false;
  }
  announcements.push_back("metrics on " + net::to_string(bound));
  return true;
}

void OperationsKeeper::start(Workers workers, const safeguarding::Forwarder* forwarder,
                             std::vector<std::string> listeners) {
  workers_ = workers;
  forwarder_ = forwarder;
  listeners_ = std::move(listeners);
  samples_.push_back(sample());
  every_second();
  thread_ = std::thread([this] { io_.run(); });
  tell_ready("READY=1\n");
}

void OperationsKeeper::stop() {
  if (!thread_.joinable()) return;
  net::asio::post(io_, [this] {
    pages_.stop();
    second_.cancel();
    io_.stop();
  });
  thread_.join();
}

void OperationsKeeper::loading() {
  operations::notify("RELOADING=1\nSTATUS=reading policy and lists");
}

void OperationsKeeper::loaded(std::uint32_t version, std::uint64_t lists, std::uint64_t entries) {
  {
    const std::lock_guard lock(mutex_);
    in_force_.policy_digest = digest_of(in_force_.policy);
    in_force_.since = clock_.seconds();
    in_force_.refused = {};
    in_force_.version = version;
    in_force_.lists = lists;
    in_force_.entries = entries;
  }
  if (thread_.joinable()) tell_ready("READY=1\n");
}

void OperationsKeeper::refused() {
  {
    const std::lock_guard lock(mutex_);
    in_force_.refused = clock_.seconds();
  }
  if (thread_.joinable()) tell_ready("READY=1\n");
}

void OperationsKeeper::draining() {
  {
    const std::lock_guard lock(mutex_);
    phase_ = GatewayState::Phase::draining;
  }
  const auto limit = std::chrono::microseconds(settings_.drain + kEndsAfterDrain);
  operations::notify(
      fmt::format("STOPPING=1\nSTATUS=open requests and tunnels finish\nEXTEND_TIMEOUT_USEC={}", limit.count()));
}

std::string OperationsKeeper::status() {
  return operations::status_json(look());
}

void OperationsKeeper::tell_ready(std::string_view before) {
  const std::lock_guard lock(mutex_);
  operations::notify(fmt::format("{}STATUS={} entries of {} lists, version {}{}", before, in_force_.entries,
                                 in_force_.lists, in_force_.version,
                                 in_force_.refused == GatewayState::Instant{} ? "" : "; the last change was refused"));
}

OperationsKeeper::Sample OperationsKeeper::sample() const {
  std::vector<const telemetry::Counters*> counters;
  counters.reserve(workers_.size());
  for (const auto& worker : workers_)
    counters.push_back(&worker->counters());
  return {std::chrono::steady_clock::now(), telemetry::totals(counters), recorder_.counters().failures};
}

GatewayState OperationsKeeper::look() {
  GatewayState state;
  state.version = BREAKWATER_VERSION;
  state.now = clock_.seconds();
  state.started = started_;
  state.store = operations::look_at_store(state_);
  state.outbox = operations::look_at_outbox(state_);
  state.feeds = feeds_in(state_);
  state.identity_sources = identity_sources(settings_);
  std::vector<const telemetry::Sightings*> sightings;
  std::vector<const telemetry::Timings*> timings;
  for (const auto& worker : workers_) {
    state.worker_age.push_back(worker->since_turn());
    sightings.push_back(&worker->sightings());
    timings.push_back(&worker->timings());
  }
  state.sights = telemetry::totals(sightings);
  state.timings = telemetry::totals(timings);
  state.refused = egress_.packets();
  auto now = sample();
  const auto& counters = recorder_.counters();
  state.recorder = {counters.durable,  counters.deferred, counters.refused,
                    counters.failures, counters.backlog,  GatewayState::Recorder::Now::writes};
  if (forwarder_) {
    const auto& central = forwarder_->counters();
    state.central = {central.forwarded, central.waiting, central.failures, central.forks};
  }
  const std::lock_guard lock(mutex_);
  state.phase = phase_;
  state.listeners = listeners_;
  state.in_force = in_force_;
  if (!samples_.empty()) {
    const auto& then = samples_.front();
    state.minute_seconds =
        static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::seconds>(now.when - then.when).count());
    state.last_minute = now.counters;
    for (std::size_t i = 0; i < then.counters.size(); ++i)
      state.last_minute[i].value -= std::min(then.counters[i].value, state.last_minute[i].value);
    // The recorder tries again twice a second while the store fails.
    const auto& lately = samples_[samples_.size() - std::min<std::size_t>(samples_.size(), 2)];
    if (state.recorder.backlog > 0 && now.store_failures > lately.store_failures)
      state.recorder.now = GatewayState::Recorder::Now::fails;
  }
  state.counters = std::move(now.counters);
  return state;
}

/// The service manager restarts a gateway one of whose workers hangs.
void OperationsKeeper::every_second() {
  second_.expires_after(std::chrono::seconds(1));
  second_.async_wait([this](net::error_code error) {
    if (error) return;
    auto now = sample();
    auto phase = GatewayState::Phase::running;
    {
      const std::lock_guard lock(mutex_);
      phase = phase_;
      samples_.push_back(std::move(now));
      if (samples_.size() > kSamples) samples_.pop_front();
    }
    // A worker that has nothing left to drain turns no more.
    bool all_turn = true;
    for (const auto& worker : workers_)
      all_turn = all_turn && worker->since_turn() < operations::kWorkerPatience;
    if (all_turn || phase == GatewayState::Phase::draining) operations::notify("WATCHDOG=1");
    every_second();
  });
}

}  // namespace breakwater::app
