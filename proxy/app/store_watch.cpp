#include "proxy/app/store_watch.h"

#include <utility>

namespace breakwater::app {

bool Incident::is_due(Now now, Steady::time_point time, std::chrono::milliseconds after) {
  if (now == Now::well) {
    begun_.reset();
    told_.reset();
    return false;
  }
  if (!begun_) begun_ = time;
  if (time - *begun_ < after || (told_ && time - *told_ < kAgain)) return false;
  told_ = time;
  return true;
}

std::chrono::milliseconds Incident::age(Steady::time_point time) const {
  return begun_ ? std::chrono::duration_cast<std::chrono::milliseconds>(time - *begun_) : std::chrono::milliseconds();
}

StoreWatch::StoreWatch(const safeguarding::Recorder& recorder, Options options)
    : recorder_(recorder), options_(std::move(options)), thread_([this] { run(); }) {}

StoreWatch::~StoreWatch() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void StoreWatch::run() {
  std::unique_lock lock(mutex_);
  do {
    lock.unlock();
    look();
    lock.lock();
  } while (!wake_.wait_for(lock, options_.every, [this] { return stopping_; }));
}

void StoreWatch::look() {
  using What = alerts::StoreTrouble::What;
  const auto time = Incident::Steady::now();
  const auto as = [](bool is_wrong) { return is_wrong ? Incident::Now::wrong : Incident::Now::well; };
  const auto& counters = recorder_.counters();
  std::error_code error;
  const auto space = std::filesystem::space(options_.state, error);
  const std::uint64_t left = error ? 0 : space.available >> 20U;
  const auto tell = [&](What what, const Incident& incident) {
    options_.tell({what, options_.now() - incident.age(time), left, counters.backlog});
  };
  if (failure_.is_due(as(counters.failing), time, options_.fails_for)) tell(What::fails, failure_);
  if (room_.is_due(as(!error && left < options_.little_room), time, {})) tell(What::little_room, room_);
}

}  // namespace breakwater::app
