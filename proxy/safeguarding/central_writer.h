#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "proxy/safeguarding/chain.h"
#include "proxy/safeguarding/day_keys.h"
#include "proxy/safeguarding/deletion.h"
#include "proxy/safeguarding/postgres.h"

/// What one gateway writes into the central store, within a transaction. Internal to this folder.
namespace breakwater::safeguarding {

class CentralWriter {
 public:
  CentralWriter(postgres::Connection& connection, const crypto::PublicKey& gateway, std::string name)
      : connection_(connection), gateway_(gateway), name_(std::move(name)) {}

  /// The last record of the gateway's that is there; seq 0: none.
  struct Position {
    std::int64_t seq = 0;
    Digest hash{};
  };
  /// First thing in a transaction: nobody else writes for this gateway until its end.
  Result<Position, postgres::Error> lock();

  /// The next records, in their order; then what the deletions among them take away goes.
  std::optional<postgres::Error> add(std::span<const Record> records);
  /// Keys that are new there, or wrapped to others now. What was destroyed there stays destroyed.
  std::optional<postgres::Error> put(const std::vector<DayKey>& keys);
  /// Destroys those of days before `day`, but for `kept`.
  std::optional<postgres::Error> destroy_keys(const std::string& day, const std::vector<DayKey>& kept);

  /// Last thing in a transaction: how far the gateway is there, and how many of its records have still to come.
  std::optional<postgres::Error> note(const Position& position, std::int64_t waiting);
  std::optional<postgres::Error> note_fork(const std::string& message);

 private:
  std::optional<postgres::Error> run(const char* sql, const postgres::Parameters& parameters);
  std::optional<postgres::Error> erase(const Deletion& deletion);

  postgres::Connection& connection_;
  crypto::PublicKey gateway_;
  std::string name_;
};

}  // namespace breakwater::safeguarding
