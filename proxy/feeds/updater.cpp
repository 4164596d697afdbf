#include "proxy/feeds/updater.h"

#include <algorithm>
#include <random>
#include <thread>

namespace breakwater::feeds {
namespace {

using std::chrono::milliseconds;

constexpr auto kLongestRetryAfter = std::chrono::minutes(5);

milliseconds back_off(unsigned tries) {
  static thread_local std::minstd_rand random(std::random_device{}());
  const auto wait = 1000U << (2 * (tries - 1));
  return milliseconds(std::uniform_int_distribution<unsigned>(wait - wait / 4, wait + wait / 4)(random));
}

std::string outcome_text(const Outcome& outcome) {
  switch (outcome.result) {
    case Outcome::Result::staged:
      return "a new version";
    case Outcome::Result::unchanged:
      return "unchanged";
    default:
      return outcome.message;
  }
}

Outcome try_all(FeedStore& store, const World& world) {
  Outcome outcome;
  while (true) {
    auto staged = store.stage(world.progress, world.cancel);
    ++outcome.tries;
    outcome.message = std::move(staged.message);
    outcome.diagnostics = std::move(staged.diagnostics);
    if (staged.result == FetchResult::done) outcome.result = Outcome::Result::staged;
    if (staged.result == FetchResult::unchanged) outcome.result = Outcome::Result::unchanged;
    if (staged.result == FetchResult::cancelled) outcome.result = Outcome::Result::cancelled;
    if (staged.result != FetchResult::temporary || outcome.tries == kMaxTries) return outcome;
    if (staged.retry_after > kLongestRetryAfter) {
      outcome.message += ", and asks to wait " + std::to_string(staged.retry_after.count()) + " s";
      return outcome;
    }
    world.sleep(std::max<milliseconds>(back_off(outcome.tries), staged.retry_after));
    if (world.cancel) {
      outcome.result = Outcome::Result::cancelled;
      outcome.message = "cancelled";
      return outcome;
    }
  }
}

}  // namespace

World real_world(Progress& progress, const std::atomic<bool>& cancel) {
  const auto now = [] { return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()); };
  const auto sleep = [&cancel](milliseconds wait) {
    const auto end = std::chrono::steady_clock::now() + wait;
    while (!cancel && std::chrono::steady_clock::now() < end)
      std::this_thread::sleep_for(std::min(wait, milliseconds(100)));
  };
  return {progress, cancel, now, sleep};
}

Outcome update(FeedStore& store, const World& world) {
  world.progress.start(store.feed().name);
  Outcome outcome;
  if (store.error())
    outcome.message = *store.error();
  else
    outcome = try_all(store, world);
  const bool ended = outcome.result == Outcome::Result::unchanged || outcome.result == Outcome::Result::failed;
  if (ended && !store.error()) {
    if (auto fault = store.note_check(outcome.message, world.now())) {
      outcome.result = Outcome::Result::failed;
      outcome.message = std::move(*fault);
    }
  }
  world.progress.finish(outcome_text(outcome));
  return outcome;
}

}  // namespace breakwater::feeds
