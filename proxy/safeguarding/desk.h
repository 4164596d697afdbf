#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "proxy/safeguarding/attempt.h"
#include "proxy/safeguarding/episode.h"
#include "proxy/safeguarding/sealer.h"
#include "rules/theme.h"

namespace breakwater::safeguarding {

/// What a desk works with. The functions are called on its thread, and may not throw.
struct DeskOptions {
  std::filesystem::path state;
  std::shared_ptr<Sealer> sealer{};  ///< shared with the recorder; none: one of its own
  std::function<Milliseconds()> now;
  /// Hosts that a person (rules::person_key) asked for; none: there is no context.
  std::function<std::vector<Visit>(const std::string& person, Milliseconds from, Milliseconds until)> context{};
  /// Told of each change of an episode once its record is on disk.
  std::function<void(const Episode&, const EpisodeNames&)> on_episode{};
  /// Told what went wrong, by the constructor too; what failed is tried again each second.
  std::function<void(const std::string& message)> on_failure{};
  std::chrono::milliseconds tick{1000};         ///< between two looks at the time
  std::chrono::milliseconds around{3'600'000};  ///< of the context before the first and after the last attempt
};

/// Makes episodes of the attempts that are on disk, on a thread of its own that gives way to requests; records them,
/// and tells of them. Every hour it signs the head of the chain.
///
/// At its start it takes up the episodes that were open by reading the attempts of the last day from the chain: their
/// clear bodies say all that is needed, so no name has to be opened. What had been recorded of them is not told again;
/// what the end had come before is told now, without names (they are sealed in the records of the attempts). The
/// context is in memory, and begins anew.
class Desk {
 public:
  /// Before anybody records: what is in the chain by then is what was before.
  Desk(rules::Safeguarding rules, DeskOptions options);
  /// Deals with what was handed in, then joins. What is open then stays open, for the next start.
  ~Desk();

  /// From any thread: another policy holds from here on.
  void use(rules::Safeguarding rules);
  /// From any thread, in the order of the records: attempts that are on disk. Where the store has failed for so long
  /// that too many wait, they are dropped here (their records stay) and the failure handler hears of it.
  void take(std::vector<Attempt> attempts);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace breakwater::safeguarding
