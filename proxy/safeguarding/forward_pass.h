#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "proxy/safeguarding/central_options.h"
#include "proxy/safeguarding/central_writer.h"
#include "proxy/safeguarding/forward.h"
#include "proxy/safeguarding/store.h"

/// The work of Forwarder, step by step on the caller's thread. Internal to this folder.
namespace breakwater::safeguarding {

class ForwardPass {
 public:
  struct Failure {
    Forwarder::State state;  ///< waiting, or forked
    std::string message;
  };

  ForwardPass(const Forwarder::Options& options, Forwarder::Counters& counters)
      : options_(options), counters_(counters) {}

  /// Brings what the central store has not, until nothing waits; over the connection of the pass before where that
  /// failed in nothing. Asks the server only where there is something to bring, and once a minute.
  std::optional<Failure> run(const std::stop_token& stop);

 private:
  using Position = CentralWriter::Position;

  std::optional<Failure> connect(const std::stop_token& stop);
  std::optional<Failure> bring(std::int64_t end);
  std::optional<Failure> compare(const Position& there, std::int64_t end);
  std::optional<Failure> bring_batch(CentralWriter& writer, Position& position, std::int64_t end);
  std::optional<Failure> bring_keys(CentralWriter& writer);
  std::optional<Failure> look_for_deletions();
  std::optional<Failure> open_store();
  std::optional<Failure> find_end(std::int64_t& end);
  std::optional<Failure> each(const Filter& filter, const std::function<void(const Record&)>& visit);

  const Forwarder::Options& options_;
  Forwarder::Counters& counters_;
  std::unique_ptr<postgres::Connection> connection_;
  std::unique_ptr<Store> store_;
  crypto::PublicKey gateway_{};

  // As far as it is known, since the connection was made:
  std::optional<std::int64_t> there_;                            // the last record that is there
  std::int64_t last_deletion_ = 0;                               // here
  std::string names_deleted_before_;                             // a day
  std::optional<std::filesystem::file_time_type> keys_brought_;  // what the folder of the day keys was then
  std::chrono::steady_clock::time_point heard_{};

  std::optional<std::int64_t> counted_;  // the last record that was counted as forwarded
};

}  // namespace breakwater::safeguarding
