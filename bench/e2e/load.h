#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <random>
#include <string_view>
#include <vector>

#include "bench/e2e/exchange.h"
#include "bench/e2e/fd.h"
#include "bench/e2e/options.h"
#include "bench/e2e/report.h"

namespace breakwater::bench {

/// The client side: a fixed number of connections in one thread, in a closed loop or at a rate. Use once.
class Load {
 public:
  /// `options` must outlive the load. Throws std::system_error where the environment gives out (descriptors, memory).
  explicit Load(const LoadOptions& options);

  /// Runs for warm-up and duration, or until the requests asked for are answered.
  Report run();

 private:
  using Clock = std::chrono::steady_clock;

  enum class Phase { parked, idle, exchanging, streaming };

  struct Connection {
    explicit Connection(const LoadOptions& options) : exchange(options) {}
    Fd socket;
    Exchange exchange;
    Phase phase = Phase::parked;
    std::uint32_t interest = 0;
    Clock::time_point started;
    std::uint64_t streamed = 0;
  };

  void open(Connection& connection);
  void on_event(Connection& connection, std::uint32_t events);
  void write(Connection& connection);
  void read(Connection& connection);
  void step(Connection& connection, Exchange::Step step);
  void finish(Connection& connection);
  void fail(Connection& connection, Failure failure);
  void stream_down(Connection& connection);
  void stream_up(Connection& connection);
  void count_bytes(Connection& connection, std::uint64_t bytes);
  void watch(Connection& connection, std::uint32_t interest);
  void sweep();
  void begin_what_is_due();
  bool is_over() const { return now_ >= end_ || (options_.requests != 0 && report_.total >= options_.requests); }
  void wait_and_dispatch();
  std::string_view next_host();

  const LoadOptions& options_;
  Fd epoll_;
  std::deque<Connection> connections_;  // a deque: the addresses that epoll holds stay
  std::vector<char> buffer_;
  std::mt19937_64 random_;
  std::size_t next_ = 0;
  std::uint32_t opened_ = 0;
  Clock::time_point now_;          // when the current batch of events was received
  Clock::time_point due_;          // of the next exchange of an open loop
  std::vector<Connection*> idle_;  // which wait for that
  Clock::time_point measure_from_;
  Clock::time_point end_;
  Report report_;
};

}  // namespace breakwater::bench
