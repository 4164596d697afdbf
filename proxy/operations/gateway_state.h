#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "proxy/telemetry/counters.h"
#include "proxy/telemetry/sight.h"
#include "proxy/telemetry/timings.h"

namespace breakwater::operations {

/// What a running gateway is and does at one moment: where metrics, health and `breakwater status` come from. Nothing
/// in it is about a person.
struct GatewayState {
  using Instant = std::chrono::sys_seconds;

  /// One feed that comes by URL. An instant of 0 is none.
  struct Feed {
    std::string name;
    Instant fetched;             ///< when its lists came
    Instant checked;             ///< when its server was asked last
    std::uint32_t failures = 0;  ///< in a row
    std::string error;           ///< of the last check
  };
  struct Recorder {
    std::uint64_t durable = 0;
    std::uint64_t deferred = 0;
    std::uint64_t refused = 0;
    std::uint64_t failures = 0;
    std::uint64_t backlog = 0;
    enum class Now : std::uint8_t { writes, fails } now = Now::writes;
  };
  struct Store {
    std::string error;  ///< why it cannot be written; "": it can
    std::uint64_t bytes = 0;
    std::uint64_t free_bytes = 0;  ///< on its disk
  };
  struct Outbox {
    std::uint64_t waiting = 0;
    Instant oldest;  ///< when the oldest was queued or tried last; 0: none waits
  };
  struct InForce {
    std::filesystem::path policy;
    std::string policy_digest;  ///< SHA-256 of the file's bytes, in hexadecimal
    Instant since;              ///< of the last load that was good
    Instant refused;            ///< of the last one that was refused, where it came later; 0: none
    std::uint32_t version = 0;  ///< of the lists
    std::uint64_t lists = 0;
    std::uint64_t entries = 0;
  };
  /// Records on their way to the store that several gateways share.
  struct Central {
    std::uint64_t forwarded = 0;
    std::uint64_t waiting = 0;   ///< on disk here alone
    std::uint64_t failures = 0;  ///< tries
    std::uint64_t forks = 0;     ///< of them those that found another chain there
  };
  enum class Phase : std::uint8_t { running, draining };

  std::string version;
  Instant now;
  Instant started;
  Phase phase = Phase::running;
  std::vector<std::string> listeners;
  std::vector<telemetry::Total> counters;             ///< since the start
  std::vector<telemetry::Total> last_minute;          ///< what they grew by, in `minute_seconds`
  std::vector<telemetry::SightTotal> sights;          ///< since the start
  std::vector<telemetry::TimingTotal> timings;        ///< since the start
  std::vector<telemetry::Total> refused;              ///< packets, by nft's counters; empty: they cannot be read
  std::uint64_t minute_seconds = 0;                   ///< 60, less right after the start
  std::vector<std::chrono::milliseconds> worker_age;  ///< since each worker's loop turned last
  InForce in_force;
  Recorder recorder;
  Store store;
  std::optional<Central> central;  ///< none: there is no such store
  Outbox outbox;
  std::vector<Feed> feeds;
  std::vector<std::string> identity_sources;
};

/// Can the records be written, and how much room is there? Looks, writes nothing.
GatewayState::Store look_at_store(const std::filesystem::path& state);
/// The letters that wait in STATE/outbox.
GatewayState::Outbox look_at_outbox(const std::filesystem::path& state);

}  // namespace breakwater::operations
