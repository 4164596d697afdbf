#pragma once

#include <atomic>
#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "proxy/safeguarding/attempt.h"
#include "proxy/safeguarding/sealer.h"
#include "proxy/safeguarding/tally.h"

namespace breakwater::safeguarding {

/// MiB on the disk of the state directory; where less is left, that is told: an hour of what everybody together can
/// fill.
inline constexpr std::uint64_t kLittleRoom = 256;

enum class Recorded : std::uint8_t {
  durable,   ///< on disk
  deferred,  ///< the store failed; the record is kept in memory and tried again until it is on disk
  full,      ///< the backlog is at its limit; the record was not taken
};

struct RecorderOptions {
  std::size_t backlog = 100'000;         ///< attempts in memory at most (a few hundred bytes each)
  std::chrono::milliseconds retry{500};  ///< between tries while the store fails
  std::chrono::milliseconds linger{
      0};  ///< extra wait to gather a larger group; 0: whatever has queued during the last commit
  std::shared_ptr<Sealer> sealer{};  ///< shared with who else seals in this process; none: one of its own
  TallyLimits tally{};               ///< of attempts that have records of their own; the others are counted
  /// Given each group once it is on disk and its callers are told. Called on the recorder's thread, which waits for it:
  /// it hands the group on. May not throw.
  std::function<void(std::vector<Attempt>)> on_durable{};
};

/// Group commit: attempts from all threads are gathered, appended to the Store in one transaction by one thread of its
/// own, and each caller is told once its record is on disk. While the store fails, callers are told `deferred` at once,
/// and all is kept in its order and tried every `retry`.
///
/// What one learner can write is bounded by a Tally: an attempt beyond its limits is on disk as a count when its caller
/// is told so. Counts that a killed process has left become records at the next start.
class Recorder {
 public:
  using Handler = std::function<void(Recorded)>;
  /// Told of every try that failed (the caller limits what it does with them), and at the end of what was not written,
  /// by reference; for log and alert. Called on the recorder's thread. Neither handler may throw.
  using FailureHandler = std::function<void(const std::string& message)>;

  struct Counters {
    std::atomic<std::uint64_t> durable{0};   ///< on disk, deferred ones too once they are there
    std::atomic<std::uint64_t> deferred{0};  ///< answered so
    std::atomic<std::uint64_t> refused{0};   ///< answered `full`
    std::atomic<std::uint64_t> failures{0};  ///< tries that failed
    std::atomic<std::uint64_t> backlog{0};   ///< in memory now
    std::atomic<bool> failing{false};        ///< the last try failed
  };

  /// A store that cannot be opened counts as one that fails: it is tried again.
  Recorder(std::filesystem::path state, RecorderOptions options, FailureHandler on_failure);
  /// Writes what is queued (one last try), then joins.
  ~Recorder();

  /// Thread-safe, does not block. `handler` is called exactly once, on the recorder's thread (or at once for `full`).
  void record(Attempt attempt, Handler handler);

  const Counters& counters() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace breakwater::safeguarding
