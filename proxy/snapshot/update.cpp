#include "proxy/snapshot/update.h"

#include <algorithm>
#include <array>

#include "proxy/feeds/updater.h"
#include "proxy/lists/list_state.h"
#include "proxy/snapshot/calendars.h"
#include "rules/policy_file.h"

namespace breakwater::snapshot {
namespace {

using Result = FeedUpdate::Result;

/// The one file in a folder, or else the folder: what stands where `current` will be.
std::filesystem::path only_file(const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::path only;
  std::size_t number = 0;
  for (std::filesystem::directory_iterator at{folder, error}, end; !error && at != end; at.increment(error), ++number)
    only = at->path();
  return number == 1 && std::filesystem::is_regular_file(only, error) ? only : folder;
}

class Updating {
 public:
  Updating(const UpdateRequest& request, const feeds::World& world) : request_(request), world_(world) {}

  /// `staged_as` names what came among LoadRequest::staged.
  std::optional<FeedUpdate> run(const rules::Feed& feed, const std::filesystem::path& folder,
                                const std::string& staged_as) {
    if (request_.which == Which::due &&
        !feeds::is_due(*feed.download, feeds::read_state(folder / feed.name), world_.now()))
      return std::nullopt;
    FeedUpdate update;
    update.feed = feed.name;
    feeds::FeedStore store{folder, feed};
    if (store.error()) {
      update.message = *store.error();
      return update;
    }
    const auto outcome = feeds::update(store, world_);
    update.message = outcome.message;
    switch (outcome.result) {
      case feeds::Outcome::Result::unchanged:
        update.result = Result::unchanged;
        break;
      case feeds::Outcome::Result::cancelled:
        update.result = Result::cancelled;
        break;
      case feeds::Outcome::Result::failed:
        break;
      case feeds::Outcome::Result::staged:
        judge(store, staged_as, update);
        break;
    }
    return update;
  }

 private:
  void judge(feeds::FeedStore& store, const std::string& staged_as, FeedUpdate& update) {
    auto load = request_.load;
    load.staged[staged_as] = only_file(store.staged());
    load.why = "update of " + update.feed;
    update.loaded = put_in_force(load, request_.extent);
    if (!update.loaded.snapshot) {
      update.result = Result::refused;
      store.discard(first_error(update.loaded), world_.now());
    } else if (request_.extent == Extent::put_in_force) {
      if (const auto failed = store.promote(world_.now())) {
        update.message = *failed;
        return;
      }
      update.result = Result::updated;
      std::string ignored;
      if (const auto state = lists::ListState::open(request_.load.state, ignored)) state->touch_changed();
    } else {
      update.result = Result::updated;
    }
  }

  static std::string first_error(const Loaded& loaded) {
    const auto found =
        std::ranges::find(loaded.diagnostics, categories::Severity::error, &categories::Diagnostic::severity);
    return found == loaded.diagnostics.end() ? "" : found->message;
  }

  const UpdateRequest& request_;
  const feeds::World& world_;
};

}  // namespace

std::string_view to_string(Result result) {
  constexpr std::array<std::string_view, 5> kNames{"updated", "unchanged", "failed", "refused", "cancelled"};
  return kNames[static_cast<std::size_t>(result)];
}

bool update_feeds(const UpdateRequest& request, feeds::Progress& progress, const std::atomic<bool>& cancel,
                  const std::function<void(const FeedUpdate&)>& done, categories::Diagnostics& diagnostics) {
  std::string error;
  const auto text = read_file(request.load.policy, error);
  if (!text) {
    diagnostics.push_back(
        {categories::Severity::error, request.load.policy.string(), 0, 0, "cannot be read: " + error});
    return false;
  }
  const auto policy = rules::PolicyFile::parse(*text, request.load.policy, diagnostics);
  if (!policy) return false;
  const auto world = feeds::real_world(progress, cancel);
  Updating updating{request, world};
  const auto look = [&](const rules::Feed& feed, const std::filesystem::path& folder, const std::string& staged_as) {
    if (cancel || !feed.download) return;
    if (!request.feeds.empty() && std::ranges::count(request.feeds, feed.name) == 0) return;
    if (const auto update = updating.run(feed, folder, staged_as)) done(*update);
  };
  for (const auto& feed : policy->feeds())
    look(feed, request.load.state / "feeds", feed.name);
  for (const auto& calendar : policy->calendars())
    look({calendar.name, "", calendar.download, {}}, calendars_folder(request.load.state), staged_name(calendar));
  return true;
}

}  // namespace breakwater::snapshot
