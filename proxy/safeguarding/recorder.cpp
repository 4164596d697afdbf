#include "proxy/safeguarding/recorder.h"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "categories/file.h"
#include "proxy/safeguarding/store.h"

namespace breakwater::safeguarding {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kLargestGroup = 4096;  // of one transaction: after an outage the first answers come soon
constexpr std::size_t kNamedAtTheEnd = 20;   // references in the last message
constexpr std::chrono::minutes kLookEvery{1};

/// What one transaction takes, and who is still to be told of it.
struct Group {
  std::vector<Attempt> attempts;
  std::vector<Recorder::Handler> handlers;
  std::size_t size = 0;  ///< with those that are counted

  /// How many were told.
  std::size_t answer(Recorded recorded) {
    const auto waiting = std::exchange(handlers, {});
    for (const auto& handler : waiting)
      handler(recorded);
    return waiting.size();
  }
};

}  // namespace

struct Recorder::Impl {
  struct Arrival {
    Attempt attempt;
    Handler handler;
  };

  std::filesystem::path state;
  RecorderOptions options;
  FailureHandler on_failure;
  Counters counters;

  std::mutex mutex;
  std::condition_variable wake;
  std::vector<Arrival> arrivals;
  bool stopping = false;

  // The recorder's thread alone.
  std::unique_ptr<Store> store;  // none while it fails
  std::deque<Group> pending;     // oldest first
  Tally tally;
  categories::File in_use;  // shared with the other recorders on this state directory
  Clock::time_point next_try{};
  Clock::time_point next_look{};  // at the room that is left

  std::thread thread;

  void run();
  bool gather();
  void take(std::vector<Arrival> arrived);
  bool open_store();
  void close_left_sheets();
  bool append(const Group& group);
  void hand_on(std::vector<Attempt> attempts);
  void write_pending();
  void look_at_room();
  void failed(const std::string& message);
  void defer_pending();
  void report_unwritten();
};

void Recorder::Impl::run() {
  for (bool stop = false; !stop;) {
    if (store || Clock::now() >= next_try) write_pending();
    if (!store) defer_pending();
    stop = gather();
  }
  tally.turn_all();
  write_pending();
  defer_pending();
  report_unwritten();
}

/// Waits for arrivals, for the next try, or for the end; true at the end.
bool Recorder::Impl::gather() {
  std::unique_lock lock(mutex);
  const auto needed = [this] { return stopping || !arrivals.empty(); };
  if (store) {
    if (const auto turn = tally.next_turn())
      wake.wait_until(lock, *turn, needed);
    else
      wake.wait(lock, needed);
    if (options.linger.count() > 0) wake.wait_for(lock, options.linger, [this] { return stopping; });
  } else {
    wake.wait_until(lock, next_try, needed);
  }
  const bool stop = stopping;
  auto arrived = std::exchange(arrivals, {});
  lock.unlock();
  take(std::move(arrived));
  return stop;
}

void Recorder::Impl::take(std::vector<Arrival> arrived) {
  const auto now = Clock::now();
  for (auto& [attempt, handler] : arrived) {
    if (pending.empty() || pending.back().size >= kLargestGroup) pending.emplace_back();
    ++pending.back().size;
    if (!tally.counts(attempt, now)) pending.back().attempts.push_back(std::move(attempt));
    if (handler) pending.back().handlers.push_back(std::move(handler));
  }
}

bool Recorder::Impl::open_store() {
  if (store) return true;
  auto opened = Store::open(state, Store::Mode::read_write, options.sealer);
  if (!opened) {
    failed(opened.error().message);
    return false;
  }
  store = *std::move(opened);
  if (!in_use) close_left_sheets();
  return store != nullptr;
}

/// Once, and only where no other gateway on this state directory goes on with them.
void Recorder::Impl::close_left_sheets() {
  categories::File lock(::open((state / ".recorder").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR));
  std::vector<Attempt> left;
  if (lock && ::flock(lock.get(), LOCK_EX | LOCK_NB) == 0)
    if (const auto error = store->close_sheets(left)) return failed(error->message);
  if (lock) ::flock(lock.get(), LOCK_SH | LOCK_NB);
  in_use = std::move(lock);
  hand_on(std::move(left));
}

bool Recorder::Impl::append(const Group& group) {
  const auto open = tally.open();
  if (const auto error = store->append(group.attempts, {open, tally.closed()})) {
    failed(error->message);
    return false;
  }
  return true;
}

/// What nobody is known to have done (see Tally) makes no episode.
void Recorder::Impl::hand_on(std::vector<Attempt> attempts) {
  std::erase_if(attempts, [](const Attempt& one) { return one.count > 1 && one.pseudonym.empty(); });
  if (options.on_durable && !attempts.empty()) options.on_durable(std::move(attempts));
}

/// All groups, oldest first, until one fails.
void Recorder::Impl::write_pending() {
  tally.turn(Clock::now());
  if (!open_store()) return;
  for (; !pending.empty(); pending.pop_front()) {
    Group& group = pending.front();
    if (!append(group)) return;
    counters.durable += group.size;
    counters.backlog -= group.size;
    group.answer(Recorded::durable);
    hand_on(std::move(group.attempts));
    hand_on(tally.written());
  }
  if (!tally.closed().empty() && append({})) hand_on(tally.written());
  counters.failing = store == nullptr;
  look_at_room();
}

/// Told while there is still time to do something about it.
void Recorder::Impl::look_at_room() {
  if (Clock::now() < next_look) return;
  next_look = Clock::now() + kLookEvery;
  std::error_code error;
  const auto room = std::filesystem::space(state, error).available >> 20U;
  if (!error && room < kLittleRoom && on_failure)
    on_failure("only " + std::to_string(room) + " MiB are left on its disk: make room");
}

/// The store is opened anew at the next try: whatever was wrong with the connection does not stay.
void Recorder::Impl::failed(const std::string& message) {
  store.reset();
  next_try = Clock::now() + options.retry;
  ++counters.failures;
  counters.failing = true;
  if (on_failure) on_failure(message);
}

void Recorder::Impl::defer_pending() {
  for (Group& group : pending)
    counters.deferred += group.answer(Recorded::deferred);
}

void Recorder::Impl::report_unwritten() {
  if (pending.empty()) return;
  std::string references;
  std::size_t count = 0;
  std::size_t named = 0;
  for (const Group& group : pending) {
    count += group.size;
    for (const Attempt& attempt : group.attempts)
      if (++named <= kNamedAtTheEnd) references += " " + attempt.id;
  }
  if (count > kNamedAtTheEnd) references += " ...";
  if (on_failure) on_failure(std::to_string(count) + " attempts were not recorded before the end:" + references);
}

Recorder::Recorder(std::filesystem::path state, RecorderOptions options, FailureHandler on_failure)
    : impl_(std::make_unique<Impl>()) {
  impl_->state = std::move(state);
  impl_->options = std::move(options);
  impl_->tally = Tally(impl_->options.tally);
  // One for all stores that are opened, or each would make a day key of its own.
  if (!impl_->options.sealer) impl_->options.sealer = std::make_shared<Sealer>(impl_->state);
  impl_->on_failure = std::move(on_failure);
  impl_->thread = std::thread([impl = impl_.get()] { impl->run(); });
}

Recorder::~Recorder() {
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->stopping = true;
  }
  impl_->wake.notify_one();
  impl_->thread.join();
}

void Recorder::record(Attempt attempt, Handler handler) {
  for (const auto field : kTextFields)  // here, so that what waits in memory is bounded too
    attempt.*field = clean_text(attempt.*field);
  {
    const std::lock_guard lock(impl_->mutex);
    if (impl_->counters.backlog < impl_->options.backlog) {
      ++impl_->counters.backlog;
      impl_->arrivals.push_back({std::move(attempt), std::move(handler)});
      impl_->wake.notify_one();
      return;
    }
  }
  ++impl_->counters.refused;
  if (handler) handler(Recorded::full);
}

const Recorder::Counters& Recorder::counters() const {
  return impl_->counters;
}

}  // namespace breakwater::safeguarding
