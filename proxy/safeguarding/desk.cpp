#include "proxy/safeguarding/desk.h"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include <sys/resource.h>

#include "proxy/safeguarding/context.h"
#include "proxy/safeguarding/episodes.h"
#include "proxy/safeguarding/replay.h"
#include "proxy/safeguarding/store.h"

namespace breakwater::safeguarding {
namespace {

using Steady = std::chrono::steady_clock;

constexpr int kGiveWay = 5;                    ///< the nice value
constexpr std::size_t kMostWaiting = 100'000;  ///< attempts that were not looked at yet
constexpr std::size_t kSlice = 1'000;          ///< of them between two writings
constexpr std::size_t kMostContexts = 1'000;   ///< of open episodes; of closed ones that wait for the hour after
constexpr std::chrono::hours kSignEvery{1};

std::string person_of(const EpisodeNames& names) {
  rules::Subject subject;
  subject.user = names.user;
  subject.device = names.device;
  if (!names.user.empty() || !names.device.empty()) return rules::person_key(subject);
  return "address:" + names.client;
}

}  // namespace

struct Desk::Impl {
  struct Change {
    EpisodeEvent event;
    enum class Tell : std::uint8_t { yes, no } tell = Tell::yes;
  };

  DeskOptions options;

  std::mutex mutex;
  std::condition_variable wake;
  std::vector<Attempt> waiting;
  std::size_t dropped = 0;
  std::optional<rules::Safeguarding> next_rules;
  bool stopping = false;

  // The desk's thread alone.
  rules::Safeguarding rules;
  Episodes episodes{rules};
  std::optional<std::int64_t> found;  ///< place in the chain of the last record when the desk began
  bool restored = false;
  std::unique_ptr<Store> store;  ///< none while it fails
  std::vector<Change> unwritten;
  std::map<std::string, std::vector<Visit>> contexts;  ///< of open episodes, by reference
  struct Late {
    Steady::time_point due;
    EpisodeEvent event;
  };
  std::deque<Late> late;  ///< the next that is due first
  Steady::time_point next_head = Steady::now() + kSignEvery;

  std::thread thread;

  explicit Impl(rules::Safeguarding first_rules) : rules(std::move(first_rules)) {}

  void run();
  bool wait(std::vector<Attempt>& attempts);
  bool open();
  bool restore(const std::vector<Attempt>& attempts);
  bool ready(const std::vector<Attempt>& attempts);
  void work(std::vector<Attempt>& attempts);
  void keep(Episodes::Events& events);
  void add_context(EpisodeEvent& event);
  void add_late_context();
  bool write();
  void sign();
  void failed(const std::string& message);
};

void Desk::Impl::run() {
  ::setpriority(PRIO_PROCESS, 0, kGiveWay);  // of this thread alone, on Linux
  std::vector<Attempt> attempts;
  for (bool stop = false; !stop;) {
    stop = wait(attempts);
    if (!ready(attempts)) continue;
    work(attempts);
    add_late_context();
    if (write()) sign();
  }
}

/// Waits for attempts, for the time to pass, or for the end; true at the end.
bool Desk::Impl::wait(std::vector<Attempt>& attempts) {
  std::unique_lock lock(mutex);
  wake.wait_for(lock, options.tick, [&] { return stopping || (!waiting.empty() && attempts.empty()); });
  if (attempts.empty()) attempts = std::exchange(waiting, {});
  if (next_rules) {
    rules = *std::exchange(next_rules, {});
    episodes.use(rules);
  }
  const auto missed = std::exchange(dropped, 0);
  const bool stop = stopping;
  lock.unlock();
  if (missed > 0)
    failed(std::to_string(missed) + " attempts are recorded, but missing in episodes: the store failed too long");
  return stop;
}

bool Desk::Impl::open() {
  if (store) return true;
  auto opened = Store::open(options.state, Store::Mode::read_write, options.sealer);
  if (!opened) {
    failed(opened.error().message);
    return false;
  }
  if (!found) {
    std::int64_t last = 0;
    if (const auto error = (*opened)->last_seq(last)) {
      failed(error->message);
      return false;
    }
    found = last;
  }
  store = *std::move(opened);
  return true;
}

/// Takes up what was open before. `attempts` come with their names, and are not read from the chain.
bool Desk::Impl::restore(const std::vector<Attempt>& attempts) {
  Replay what{options.now(), *found, {}};
  for (const auto& attempt : attempts)
    what.known.insert(attempt.id);
  Episodes::Events events;
  episodes = Episodes(rules);  // of a try that broke off something may be left
  if (const auto error = replay(*store, what, episodes, events)) {
    failed(error->message);
    return false;
  }
  restored = true;
  for (auto& event : events)
    unwritten.push_back({std::move(event)});
  return true;
}

/// Is the store open, what was open before taken up, and nothing left to write?
bool Desk::Impl::ready(const std::vector<Attempt>& attempts) {
  return open() && (restored || restore(attempts)) && write();
}

/// As many as can be written.
void Desk::Impl::work(std::vector<Attempt>& attempts) {
  auto next = attempts.begin();
  Episodes::Events events;
  while (next != attempts.end() && write()) {
    const auto left = static_cast<std::size_t>(attempts.end() - next);
    for (const auto end = next + static_cast<std::ptrdiff_t>(std::min(left, kSlice)); next != end; ++next)
      episodes.add(*next, events);
    keep(events);
  }
  attempts.erase(attempts.begin(), next);
  episodes.advance(options.now(), events);
  keep(events);
}

void Desk::Impl::keep(Episodes::Events& events) {
  for (auto& event : std::exchange(events, {})) {
    add_context(event);
    unwritten.push_back({std::move(event)});
  }
}

/// What was before an episode is gathered when it opens; what came after it, an hour later.
void Desk::Impl::add_context(EpisodeEvent& event) {
  const auto& episode = event.episode;
  if (!options.context || event.names == EpisodeNames()) return;
  if (episode.stage == Stage::opened && contexts.size() < kMostContexts)
    merge(contexts[episode.reference],
          options.context(person_of(event.names), episode.first - options.around, options.now()));
  const auto known = contexts.find(episode.reference);
  if (known == contexts.end()) return;
  event.names.context = known->second;
  if (episode.stage != Stage::closed) return;
  contexts.erase(known);
  const auto wait = std::max(episode.last + options.around - options.now(), std::chrono::milliseconds());
  late.push_back({Steady::now() + wait, event});
}

/// Into the record alone: whoever was told of the episode finds it there.
void Desk::Impl::add_late_context() {
  while (!late.empty() && (late.front().due <= Steady::now() || late.size() > kMostContexts)) {
    auto event = std::move(late.front().event);
    late.pop_front();
    merge(event.names.context, options.context(person_of(event.names), event.episode.first - options.around,
                                               event.episode.last + options.around));
    unwritten.push_back({std::move(event), Change::Tell::no});
  }
}

/// All that is unwritten, and tells of it once it is on disk; false: not now.
bool Desk::Impl::write() {
  if (!store || unwritten.empty()) return store != nullptr;
  std::vector<Entry> entries;
  const auto now = options.now();
  for (const auto& [event, tell] : unwritten)
    entries.push_back({now, Kind::episode, event.episode.reference, to_json(event.episode),
                       event.names == EpisodeNames() ? "" : to_json(event.names)});
  if (const auto error = store->append(entries)) {
    store.reset();  // opened anew: whatever was wrong with the connection does not stay
    failed(error->message);
    return false;
  }
  for (const auto& [event, tell] : std::exchange(unwritten, {}))
    if (tell == Change::Tell::yes && options.on_episode) options.on_episode(event.episode, event.names);
  return true;
}

void Desk::Impl::sign() {
  if (Steady::now() < next_head) return;
  next_head = Steady::now() + kSignEvery;
  if (const auto head = store->sign_head(options.now()); !head) failed(head.error().message);
}

void Desk::Impl::failed(const std::string& message) {
  if (options.on_failure) options.on_failure(message);
}

Desk::Desk(rules::Safeguarding rules, DeskOptions options) : impl_(std::make_unique<Impl>(std::move(rules))) {
  impl_->options = std::move(options);
  impl_->open();  // nobody records yet: what is there is what was before
  impl_->thread = std::thread([impl = impl_.get()] { impl->run(); });
}

Desk::~Desk() {
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->stopping = true;
  }
  impl_->wake.notify_one();
  impl_->thread.join();
}

void Desk::use(rules::Safeguarding rules) {
  const std::lock_guard lock(impl_->mutex);
  impl_->next_rules = std::move(rules);
}

void Desk::take(std::vector<Attempt> attempts) {
  const std::lock_guard lock(impl_->mutex);
  auto& waiting = impl_->waiting;
  const auto room = std::min(kMostWaiting - waiting.size(), attempts.size());
  const auto end = attempts.begin() + static_cast<std::ptrdiff_t>(room);
  waiting.insert(waiting.end(), std::make_move_iterator(attempts.begin()), std::make_move_iterator(end));
  impl_->dropped += attempts.size() - room;
  impl_->wake.notify_one();
}

}  // namespace breakwater::safeguarding
