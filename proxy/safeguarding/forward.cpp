#include "proxy/safeguarding/forward.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include <sys/resource.h>

#include "proxy/safeguarding/forward_pass.h"

namespace breakwater::safeguarding {
namespace {

constexpr int kGiveWay = 5;  // the nice value
constexpr std::chrono::milliseconds kLongestPause = std::chrono::minutes(1);
constexpr std::size_t kMostTold = 20;  // of one state

}  // namespace

struct Forwarder::Impl {
  Options options;
  Counters counters;
  std::optional<State> state;
  std::vector<std::string> told;  // since that is the state
  std::mutex mutex;
  std::condition_variable_any wake;
  std::jthread thread;  // last: it ends before what it uses

  void run(const std::stop_token& stop);
  void tell(State now, const std::string& message);
};

void Forwarder::Impl::run(const std::stop_token& stop) {
  ::setpriority(PRIO_PROCESS, 0, kGiveWay);  // of this thread alone, on Linux
  ForwardPass pass(options, counters);
  auto pause = options.retry;
  std::unique_lock lock(mutex);
  while (!stop.stop_requested()) {
    const auto failure = pass.run(stop);
    if (stop.stop_requested()) return;
    if (!failure) {
      pause = options.retry;
      tell(State::forwarding, "");
      wake.wait_for(lock, stop, options.look, [] { return false; });
      continue;
    }
    ++counters.failures;
    if (failure->state == State::forked) ++counters.forks;
    tell(failure->state, failure->message);
    wake.wait_for(lock, stop, pause, [] { return false; });
    pause = std::min(pause * 2, kLongestPause);
  }
}

/// What an outage says by turns is told once each.
void Forwarder::Impl::tell(State now, const std::string& message) {
  if (state != now) told.clear();
  state = now;
  if (told.size() >= kMostTold || std::find(told.begin(), told.end(), message) != told.end()) return;
  told.push_back(message);
  if (options.on_change) options.on_change(now, message);
}

Forwarder::Forwarder(Options options) : impl_(std::make_unique<Impl>()) {
  impl_->options = std::move(options);
  impl_->thread = std::jthread([impl = impl_.get()](const std::stop_token& stop) { impl->run(stop); });
}

Forwarder::~Forwarder() = default;

const Forwarder::Counters& Forwarder::counters() const {
  return impl_->counters;
}

}  // namespace breakwater::safeguarding
