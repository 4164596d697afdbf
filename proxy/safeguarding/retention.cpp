#include "proxy/safeguarding/retention.h"

#include <condition_variable>
#include <map>
#include <mutex>
#include <stop_token>
#include <thread>

#include <nlohmann/json.hpp>
#include <sys/resource.h>

#include "proxy/safeguarding/attempt_json.h"
#include "proxy/safeguarding/believed_clock.h"
#include "proxy/safeguarding/day_keys.h"
#include "proxy/safeguarding/episode.h"

namespace breakwater::safeguarding {
namespace {

using std::chrono::days;

constexpr int kGiveWay = 5;  // the nice value
constexpr std::chrono::hours kEvery{1};

const std::vector<Kind> kWithNames{Kind::attempt, Kind::episode, Kind::alert, Kind::decision,
                                   Kind::hold,    Kind::access,  Kind::check};
const std::vector<Kind> kOfEpisodes{Kind::episode, Kind::alert, Kind::decision, Kind::hold, Kind::access};

/// The references whose latest hold has not been taken back.
std::optional<StoreError> held_references(Store& store, std::set<std::string>& references) {
  return store.each({.kinds = {Kind::hold}}, [&references](const Record& record) {
    if (!record.body) return;  // deleted, so it held nothing any more
    const auto body = nlohmann::json::parse(*record.body, nullptr, false);
    const auto hold = body.is_object() ? body.find("hold") : body.end();
    // A hold that cannot be read holds: nothing is deleted by mistake.
    if (hold != body.end() && hold->is_boolean() && !hold->get<bool>())
      references.erase(record.reference);
    else
      references.insert(record.reference);
  });
}

/// The time of the last record; stays as it is where there is none.
std::optional<StoreError> find_newest(Store& store, Milliseconds& time) {
  std::int64_t last = 0;
  if (auto error = store.last_seq(last)) return error;
  return store.each({.since = Milliseconds::min(), .after = last - 1, .up_to = last},
                    [&time](const Record& record) { time = record.time; });
}

}  // namespace

std::string retention_purpose(std::string_view what, days age) {
  return std::string("retention: ").append(what).append(" after ").append(std::to_string(age.count())).append("d");
}

std::optional<StoreError> find_held(Store& store, std::set<std::int64_t>& held, std::set<std::string>& days) {
  std::set<std::string> references;
  if (auto error = held_references(store, references)) return error;
  const auto hold = [&](const Record& record) {
    held.insert(record.seq);
    if (!record.sealed.empty()) days.insert(day_of(record.time));
  };
  for (const auto& reference : references) {
    std::optional<Episode> episode;
    const auto look = [&](const Record& record) {
      hold(record);
      if (record.kind == Kind::episode)
        if (auto latest = parse_episode(record.body.value_or(""))) episode = std::move(latest);
    };
    if (auto error = store.each({.reference = reference}, look)) return error;
    if (!episode) continue;
    const Filter during{
        .kinds = {Kind::attempt}, .since = episode->first, .until = episode->last + std::chrono::milliseconds(1)};
    const auto look_at_attempt = [&](const Record& record) {
      const auto attempt = parse_attempt(record, "");
      if (!attempt || (attempt->pseudonym == episode->pseudonym && attempt->theme == episode->theme)) hold(record);
    };
    if (auto error = store.each(during, look_at_attempt)) return error;
  }
  return std::nullopt;
}

std::string retain(Store& store, const std::filesystem::path& state, const rules::Retention& retention,
                   Milliseconds now, const std::stop_token& stop) {
  if (!retention.names && !retention.attempts && !retention.episodes) return {};
  std::int64_t end = 0;
  if (const auto error = store.last_seq(end)) return error->message;
  std::set<std::int64_t> held;
  std::set<std::string> held_days;
  if (const auto error = find_held(store, held, held_days)) return error->message;
  using What = Deletion::What;
  // By whole days, since that is what a key of names is for, and a receipt a day is enough.
  const auto before = [now](days age) { return std::chrono::floor<days>(now - age); };
  const auto erase = [&](std::string_view what, days age, What part, const std::vector<Kind>& kinds) {
    Deletion deletion{retention_purpose(what, age), part, kinds, before(age), held};
    deletion.holds_known_to = end;
    const auto error = store.erase(deletion, now, {.stop = stop});
    return error ? error->message : std::string();
  };
  if (const auto age = retention.names) {
    if (auto error = erase("names", *age, What::names, kWithNames); !error.empty()) return error;
    const auto until = before(*age);
    std::size_t destroyed = 0;
    if (auto error = destroy_day_keys(state, day_of(until), held_days, destroyed); !error.empty()) return error;
  }
  if (const auto age = retention.attempts)
    if (auto error = erase("attempts", *age, What::all, {Kind::attempt}); !error.empty()) return error;
  if (const auto age = retention.episodes)
    if (auto error = erase("episodes", *age, What::all, kOfEpisodes); !error.empty()) return error;
  return {};
}

struct RetentionKeeper::Impl {
  Options options;
  std::mutex mutex;
  std::condition_variable wake;
  rules::Retention retention;
  bool changed = true;
  std::stop_source stop;
  std::optional<BelievedClock> clock;  // of the thread alone
  std::thread thread;

  void run();
  std::string run_once(const rules::Retention& now_in_force);
};

void RetentionKeeper::Impl::run() {
  ::setpriority(PRIO_PROCESS, 0, kGiveWay);  // of this thread alone, on Linux
  std::unique_lock lock(mutex);
  for (;;) {
    wake.wait_for(lock, kEvery, [this] { return stop.stop_requested() || changed; });
    if (stop.stop_requested()) return;
    changed = false;
    const auto in_force = retention;
    lock.unlock();
    const auto error = run_once(in_force);
    if (!error.empty() && !stop.stop_requested()) options.on_failure(error);
    lock.lock();
  }
}

std::string RetentionKeeper::Impl::run_once(const rules::Retention& in_force) {
  auto store = Store::open(options.state, Store::Mode::read_write);
  if (!store) return store.error().message;
  const auto now = options.now();
  auto newest = now;
  if (const auto failed = find_newest(**store, newest)) return failed->message;
  if (auto doubt = clock->doubt(now, newest, std::chrono::steady_clock::now()); !doubt.empty()) return doubt;
  std::vector<Deletion> done;
  auto error = options.elsewhere ? options.elsewhere(in_force, now, done) : std::string();
  std::vector<Entry> receipts;
  receipts.reserve(done.size());
  for (const auto& deletion : done)
    receipts.push_back(receipt(deletion, now));
  if (const auto failed = receipts.empty() ? std::nullopt : (*store)->append(receipts)) return failed->message;
  auto of_records = retain(**store, options.state, in_force, now, stop.get_token());
  return error.empty() ? of_records : error;
}

RetentionKeeper::RetentionKeeper(const rules::Retention& retention, Options options) : impl_(std::make_unique<Impl>()) {
  impl_->options = std::move(options);
  impl_->retention = retention;
  impl_->clock.emplace(impl_->options.state);
  impl_->thread = std::thread([impl = impl_.get()] { impl->run(); });
}

RetentionKeeper::~RetentionKeeper() {
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->stop.request_stop();
  }
  impl_->wake.notify_one();
  impl_->thread.join();
}

void RetentionKeeper::use(const rules::Retention& retention) {
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->retention = retention;
    impl_->changed = true;
  }
  impl_->wake.notify_one();
}

}  // namespace breakwater::safeguarding
