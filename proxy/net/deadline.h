#pragma once

#include <array>
#include <chrono>
#include <functional>

#include <boost/intrusive/list.hpp>

#include "proxy/net/asio.h"

namespace breakwater::net {

class Deadline;

/// The deadlines of one worker: a hashed wheel that one timer turns, so that arming one again (the common case, at
/// every read and write) is a store. One thread.
class Wheel {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr std::chrono::milliseconds kTick{50};  ///< a deadline fires at most this late

  explicit Wheel(Executor executor) : timer_(executor) {}

  /// Turns until stop(). Spawn it once.
  Task<> run();
  void stop();

  /// The time of the last tick or of the last call to refresh(): good to within kTick.
  Clock::time_point now() const { return now_; }

 private:
  friend class Deadline;
  static constexpr std::size_t kSlots = 512;  ///< 25 s ahead; later deadlines are looked at once per turn

  void insert(Deadline& deadline);
  void turn();

  Timer timer_;
  Clock::time_point now_ = Clock::now();
  std::uint64_t tick_ = 0;  ///< of the slot that was emptied last
  Clock::time_point start_ = now_;
  std::array<boost::intrusive::list<Deadline,
                                    boost::intrusive::base_hook<boost::intrusive::list_base_hook<
                                        boost::intrusive::link_mode<boost::intrusive::auto_unlink>>>,
                                    boost::intrusive::constant_time_size<false>>,
             kSlots>
      slots_;
  bool stopped_ = false;
};

/// The time by which something must have happened. Calls `on_expiry` once when it has not, and stays expired until set
/// again. Outlived by its wheel.
class Deadline : public boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
 public:
  Deadline(Wheel& wheel, std::function<void()> on_expiry) : wheel_(wheel), on_expiry_(std::move(on_expiry)) {}
  Deadline(const Deadline&) = delete;
  Deadline& operator=(const Deadline&) = delete;

  void expires_after(std::chrono::milliseconds delay);
  void clear() { armed_ = expired_ = false; }
  bool armed() const { return armed_; }
  bool expired() const { return expired_; }

 private:
  friend class Wheel;
  Wheel& wheel_;
  std::function<void()> on_expiry_;
  Wheel::Clock::time_point when_{};
  std::uint64_t slot_tick_ = 0;
  bool armed_ = false;
  bool expired_ = false;
};

}  // namespace breakwater::net
