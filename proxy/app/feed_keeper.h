#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

#include "proxy/snapshot/loader.h"

namespace breakwater::app {

/// Looks for new versions of the feeds on their schedule, on a thread of its own, and puts good ones in force in the
/// state directory, where the server sees it. Ends within a second.
class FeedKeeper {
 public:
  /// `request` gives what to load at the moment of asking.
  explicit FeedKeeper(std::function<snapshot::LoadRequest()> request);
  ~FeedKeeper();

 private:
  void run();

  std::function<snapshot::LoadRequest()> request_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::atomic<bool> ending_{false};
  std::thread thread_;  // last: it uses the others
};

}  // namespace breakwater::app
