#include "proxy/app/feed_keeper.h"

#include <spdlog/spdlog.h>

#include "proxy/snapshot/update.h"

namespace breakwater::app {
namespace {

constexpr std::chrono::seconds kLook{30};  ///< between two looks whether a feed is due

void tell(const snapshot::FeedUpdate& update) {
  using Result = snapshot::FeedUpdate::Result;
  switch (update.result) {
    case Result::updated:
      spdlog::info("feed {}: updated; {}", update.feed,
                   update.loaded.rehearsal ? update.loaded.rehearsal->lines()[0] : "");
      break;
    case Result::refused:
      for (const auto& diagnostic : update.loaded.diagnostics)
        if (diagnostic.severity == categories::Severity::error)
          spdlog::error("feed {}: {}", update.feed, diagnostic.message);
      spdlog::error(
          "feed {}: the new version is refused, the last good one stays; to take it all the same: "
          "breakwater lists update --feed {} --accept REASON",
          update.feed, update.feed);
      break;
    case Result::failed:
      spdlog::warn("feed {}: {}", update.feed, update.message);
      break;
    case Result::unchanged:
    case Result::cancelled:
      break;
  }
}

}  // namespace

FeedKeeper::FeedKeeper(std::function<snapshot::LoadRequest()> request)
    : request_(std::move(request)), thread_([this] { run(); }) {}

FeedKeeper::~FeedKeeper() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

void FeedKeeper::run() {
  feeds::NoProgress progress;
  std::unique_lock lock(mutex_);
  while (!ending_) {
    lock.unlock();
    categories::Diagnostics told_by_the_server;
    snapshot::update_feeds({request_(), snapshot::Which::due}, progress, ending_, tell, told_by_the_server);
    lock.lock();
    wake_.wait_for(lock, kLook, [this] { return ending_.load(); });
  }
}

}  // namespace breakwater::app
