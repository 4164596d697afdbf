#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <string>

#include "proxy/feeds/feed_store.h"

namespace breakwater::feeds {

/// What an update needs of the world.
struct World {
  Progress& progress;
  const std::atomic<bool>& cancel;
  std::function<Instant()> now;
  /// Waits, but not past `cancel`.
  std::function<void(std::chrono::milliseconds)> sleep;
};

/// The real clock, and sleep that notices `cancel` within a tenth of a second. Both arguments must outlive it.
World real_world(Progress& progress, const std::atomic<bool>& cancel);

struct Outcome {
  enum class Result : std::uint8_t {
    staged,  ///< a new version waits for promote() or discard()
    unchanged,
    failed,
    cancelled,
  };
  Result result = Result::failed;
  std::string message;  ///< why it failed; "" else
  unsigned tries = 0;
  categories::Diagnostics diagnostics;
};

inline constexpr unsigned kMaxTries = 5;

/// Looks for a new version of one feed. What may pass by itself is tried again, at most kMaxTries times in all, after
/// 1, 4, 16 and 64 s, each a quarter more or less, or when the server asks for it, if that is within five minutes.
/// Notes in the store how it ended, unless a new version is staged or it was cancelled.
Outcome update(FeedStore& store, const World& world);

}  // namespace breakwater::feeds
