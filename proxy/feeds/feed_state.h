#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>

#include "proxy/feeds/fetch.h"
#include "rules/feed.h"

namespace breakwater::feeds {

using Instant = std::chrono::sys_seconds;

/// What is known of a feed between two updates: STATE/feeds/NAME/state.json. An instant of 0 is none.
struct FeedState {
  std::string url;           ///< where the current lists came from
  std::string minisign_key;  ///< that they were verified with; "": with none
  Validators validators;     ///< of the current lists
  std::string sha256;        ///< of the file they came in
  Instant fetched_at;        ///< when they came
  std::string checked_url;   ///< where the last check asked
  Instant checked_at;        ///< when the server was asked last, whatever came of it
  Instant next_due;
  std::string last_error;      ///< "" where the last check ended well
  std::uint32_t failures = 0;  ///< in a row
};

/// Of the feed in this folder. One that is absent is empty; so is one that cannot be read, and `last_error` says so.
FeedState read_state(const std::filesystem::path& feed_folder);
/// Returns what went wrong.
std::optional<std::string> write_state(const std::filesystem::path& feed_folder, const FeedState& state);

/// Is it time to look for a new version? Never for a feed that is fetched by hand alone.
bool is_due(const rules::Download& download, const FeedState& state, Instant now);

/// When to look again after a check that ended at `now`: `every` later where it ended well, sooner after failures (15
/// minutes, doubled each time, at most `every`); `spread` from 0 to 1 moves it by up to a tenth either way, so that a
/// thousand gateways do not ask in the same second.
Instant next_due(const rules::Download& download, std::uint32_t failures, Instant now, double spread);

}  // namespace breakwater::feeds
