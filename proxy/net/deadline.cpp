#include "proxy/net/deadline.h"

#include <algorithm>

namespace breakwater::net {

Task<> Wheel::run() {
  while (!stopped_) {
    timer_.expires_after(kTick);
    const auto [error] = co_await timer_.async_wait(use_task);
    if (error) continue;
    turn();
  }
}

void Wheel::stop() {
  stopped_ = true;
  timer_.cancel();
}

void Wheel::turn() {
  now_ = Clock::now();
  const auto current = static_cast<std::uint64_t>((now_ - start_) / kTick);
  while (tick_ < current) {
    ++tick_;
    auto& slot = slots_[tick_ % kSlots];
    // A callback may end any other deadline, so each is taken off before it is looked at.
    auto due = std::move(slot);
    while (!due.empty()) {
      Deadline& deadline = due.front();
      due.pop_front();
      if (!deadline.armed_) continue;
      if (deadline.when_ > now_) {
        insert(deadline);
        continue;
      }
      deadline.armed_ = false;
      deadline.expired_ = true;
      deadline.on_expiry_();
    }
  }
}

void Wheel::insert(Deadline& deadline) {
  const auto wanted = static_cast<std::uint64_t>((deadline.when_ - start_) / kTick) + 1;
  deadline.slot_tick_ = std::clamp(wanted, tick_ + 1, tick_ + kSlots - 1);
  slots_[deadline.slot_tick_ % kSlots].push_back(deadline);
}

void Deadline::expires_after(std::chrono::milliseconds delay) {
  // The wheel's clock is up to a tick old: count it from there and be late rather than early.
  when_ = wheel_.now_ + delay + Wheel::kTick;
  armed_ = true;
  expired_ = false;
  const auto wanted = static_cast<std::uint64_t>((when_ - wheel_.start_) / Wheel::kTick) + 1;
  if (is_linked()) {
    if (slot_tick_ <= wanted) return;  // looked at in time; moved on from there
    unlink();
  }
  wheel_.insert(*this);
}

}  // namespace breakwater::net
