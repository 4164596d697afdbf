#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <vector>

#include "proxy/feeds/progress.h"
#include "proxy/snapshot/loader.h"

namespace breakwater::snapshot {

/// What became of one feed.
struct FeedUpdate {
  enum class Result : std::uint8_t { updated, unchanged, failed, refused, cancelled };
  std::string feed;
  Result result = Result::failed;
  std::string message;  ///< why it failed
  Loaded loaded;        ///< where it was rehearsed
};
std::string_view to_string(FeedUpdate::Result result);

enum class Which : std::uint8_t { due, all };

struct UpdateRequest {
  LoadRequest load;
  Which which = Which::all;
  Extent extent = Extent::put_in_force;
  std::vector<std::string> feeds{};  ///< names of feeds and calendars; empty: all of the policy
};

/// Looks for new versions of feeds and calendars, one after the other. Each is rehearsed for itself and put in force,
/// or discarded: one bad feed does not keep the others back. Calls `done` after each; nothing for feeds that are not
/// due. False, with `diagnostics`, where the policy cannot be read. Takes as long as the downloads do; ends within a
/// second of `cancel`.
bool update_feeds(const UpdateRequest& request, feeds::Progress& progress, const std::atomic<bool>& cancel,
                  const std::function<void(const FeedUpdate&)>& done, categories::Diagnostics& diagnostics);

}  // namespace breakwater::snapshot
