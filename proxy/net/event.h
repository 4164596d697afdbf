#pragma once

#include "proxy/net/asio.h"

namespace breakwater::net {

/// Lets one coroutine wait for something that another part of the same thread reports. Set once.
class Event {
 public:
  explicit Event(Executor executor) : timer_(executor, Timer::time_point::max()) {}

  bool is_set() const { return set_; }
  void set() {
    set_ = true;
    timer_.cancel();
  }
  Task<> wait() {
    while (!set_)
      co_await timer_.async_wait(use_task);
  }

 private:
  Timer timer_;
  bool set_ = false;
};

}  // namespace breakwater::net
