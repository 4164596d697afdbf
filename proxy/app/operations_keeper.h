#pragma once

#include <deque>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "proxy/app/clock.h"
#include "proxy/app/egress_watch.h"
#include "proxy/operations/gateway_state.h"
#include "proxy/operations/management_server.h"
#include "proxy/safeguarding/forward.h"
#include "proxy/safeguarding/recorder.h"
#include "proxy/snapshot/settings.h"

namespace breakwater::app {

class Worker;

/// What operators and machines are told of the running gateway: metrics and health over HTTP, `breakwater status`, the
/// service manager's watchdog. On a thread of its own, so that it answers while the server's compiles lists.
/// Thread-safe once it has started.
class OperationsKeeper {
 public:
  using Workers = std::span<const std::unique_ptr<Worker>>;

  OperationsKeeper(std::filesystem::path state, std::filesystem::path policy, const snapshot::Settings& settings,
                   const Clock& clock, const safeguarding::Recorder& recorder, EgressWatch& egress);
  ~OperationsKeeper();

  /// Opens `metrics.listen`, where there is one, and adds what is to be announced. False: `error` says why not.
  bool listen(std::vector<std::string>& announcements, std::string& error);
  /// The workers run; they and `forwarder` (nullptr: there is no central store) must stay until stop(). Tells the
  /// service manager.
  void start(Workers workers, const safeguarding::Forwarder* forwarder, std::vector<std::string> listeners);
  void stop();

  /// Policy and lists are read; an answer follows.
  void loading();
  void loaded(std::uint32_t version, std::uint64_t lists, std::uint64_t entries);
  void refused();
  void draining();

  /// One line of JSON with its end.
  std::string status();

 private:
  /// All counters, in the order of their table, and the recorder's failures, at one moment.
  struct Sample {
    std::chrono::steady_clock::time_point when;
    std::vector<telemetry::Total> counters;
    std::uint64_t store_failures = 0;
  };
  Sample sample() const;
  operations::GatewayState look();
  void every_second();
  void tell_ready(std::string_view before);

  const std::filesystem::path state_;
  const snapshot::Settings& settings_;
  const Clock& clock_;
  const safeguarding::Recorder& recorder_;
  EgressWatch& egress_;
  const operations::GatewayState::Instant started_;
  Workers workers_;
  const safeguarding::Forwarder* forwarder_ = nullptr;
  net::asio::io_context io_{1};
  operations::ManagementServer pages_;
  net::Timer second_;
  std::mutex mutex_;  ///< of what follows
  operations::GatewayState::InForce in_force_;
  operations::GatewayState::Phase phase_ = operations::GatewayState::Phase::running;
  std::vector<std::string> listeners_;
  std::deque<Sample> samples_;  ///< one a second, of the last minute
  std::thread thread_;
};

}  // namespace breakwater::app
