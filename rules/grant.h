#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "categories/result.h"
#include "rules/engine.h"

namespace breakwater::rules {

/// A pass may not be asked for longer; it ends with the group's period anyway.
inline constexpr std::chrono::hours kLongestPass{24};
inline constexpr std::size_t kMostReason = 200;  ///< bytes
inline constexpr std::size_t kMostName = 100;    ///< bytes of who grants

/// What somebody asks for, as they wrote it.
struct GrantRequest {
  std::string group;
  std::string category;  ///< this or host
  std::string host;
  std::string until;  ///< "bell", "11:30" (today) or "2026-11-23T11:30"
  std::string by;
  std::string reason;
};

/// Why there is no pass, in one sentence without a full stop.
struct Refusal {
  std::string why;
};

/// Why a pass may not be, as a Refusal says it: its group or category is unknown, or the floor or the
/// gate stands above it. nullopt: nothing stands against it.
std::optional<std::string> objection(const Pass& pass, Engine& engine);

/// When the pass ends at the latest: with the group's period at `now`, and with `pass.until`.
SysSeconds end_of(const Pass& pass, Engine& engine, SysSeconds now);

/// The pass that is asked for, in force from `now`, still without an id; or why it is refused.
Result<Pass, Refusal> make_pass(const GrantRequest& request, Engine& engine, SysSeconds now);

/// The same snapshot with these passes instead of its own.
std::shared_ptr<const Snapshot> with_passes(const Snapshot& snapshot, std::vector<Pass> passes);

}  // namespace breakwater::rules
