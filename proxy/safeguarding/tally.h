#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "proxy/safeguarding/attempt.h"

namespace breakwater::safeguarding {

/// How many attempts of an hour have a record of their own; the further ones are counted.
struct TallyLimits {
  std::uint32_t of_host = 100;      ///< one person's at one host
  std::uint32_t of_person = 5'000;  ///< one person's
  std::uint32_t of_all = 200'000;   ///< everybody's (some 300 MB)
  /// So many of each person even then, up to twice `of_all`: whoever is counted is known by name.
  std::uint32_t at_least = 20;
  std::size_t sheets = 2'000;  ///< counted apart at once; what finds no room is counted by its theme alone
  std::chrono::seconds window{3600};
  std::chrono::seconds turn{60};  ///< how long one sheet goes on
};

/// Keeps a learner from filling the disk: who asks for the same again and again, or for thousands of hosts, is recorded
/// up to a limit, and counted from there on: person, theme, category and (within the person's limit) host, how often,
/// the first and the last time. A sheet of such a count goes on for a minute; then it becomes a record of the chain, an
/// attempt with a `count`. Pure; time only goes forward. A look-up or two an attempt, some 40 MB at its limits.
class Tally {
 public:
  using Time = std::chrono::steady_clock::time_point;

  explicit Tally(TallyLimits limits = {}) : limits_(limits) {}

  /// True: it is counted here, and has no record of its own.
  bool counts(const Attempt& attempt, Time now);

  /// Sheets that are older than a turn go on no longer.
  void turn(Time now);
  /// None does.
  void turn_all();
  /// When the next one is due.
  std::optional<Time> next_turn() const;

  /// Sheets that go on, and have changed since written().
  std::vector<Attempt> open() const;
  /// Sheets that do not go on, and are to become records.
  const std::vector<Attempt>& closed() const { return closed_; }
  /// What open() and closed() gave is on disk; gives what was closed.
  std::vector<Attempt> written();

 private:
  struct Sheet {
    Attempt attempt;
    Time begun;
    std::uint64_t written = 0;  ///< the count that is on disk
  };
  bool has_own_record(const std::string& person, const std::string& host);
  Sheet& sheet_of(const Attempt& attempt, Time now);

  TallyLimits limits_;
  Time window_{};
  std::uint32_t all_ = 0;  // with a record of their own, in this window
  std::unordered_map<std::string, std::uint32_t> persons_;
  std::unordered_map<std::string, std::uint32_t> hosts_;
  std::map<std::string, Sheet> sheets_;
  std::vector<Attempt> closed_;
};

}  // namespace breakwater::safeguarding
