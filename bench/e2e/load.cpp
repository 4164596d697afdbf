#include "bench/e2e/load.h"

#include <array>
#include <cerrno>
#include <system_error>

#include <sys/epoll.h>
#include <sys/socket.h>

namespace breakwater::bench {
namespace {

constexpr std::size_t kBuffer = std::size_t{256} * 1024;
constexpr std::size_t kEvents = 512;
constexpr int kTurnsPerEvent = 16;  // of a stream, before the others have theirs
constexpr std::chrono::milliseconds kSweepEvery{50};
constexpr std::chrono::milliseconds kTick{1};  // of an open loop: what it is late by counts as the answer's

bool would_block() {
  return errno == EAGAIN || errno == EWOULDBLOCK;
}

}  // namespace

Load::Load(const LoadOptions& options)
    : options_(options), epoll_(epoll_create1(EPOLL_CLOEXEC)), buffer_(kBuffer), random_(options.seed) {
  if (!epoll_.is_open()) throw std::system_error(errno, std::system_category(), "epoll_create1");
  for (std::size_t i = 0; i < options.connections; ++i)
    connections_.emplace_back(options);
  report_.mode = options.mode;
  report_.measured = options.duration;
}

Report Load::run() {
  now_ = due_ = Clock::now();
  measure_from_ = now_ + options_.warmup;
  end_ = measure_from_ + options_.duration;
  for (auto& connection : connections_)
    open(connection);
  auto next_sweep = now_ + kSweepEvery;
  while (!is_over()) {
    wait_and_dispatch();
    begin_what_is_due();
    if (now_ < next_sweep) continue;
    sweep();
    next_sweep = now_ + kSweepEvery;
  }
  if (options_.mode == Mode::bulk) {
    for (const auto& connection : connections_) {
      if (connection.streamed == 0) report_.count(Failure::no_data);
    }
  }
  return report_;
}

void Load::wait_and_dispatch() {
  std::array<epoll_event, kEvents> events{};
  const auto wait = options_.rate == 0 ? kSweepEvery : kTick;
  const int count = epoll_wait(epoll_.get(), events.data(), kEvents, static_cast<int>(wait.count()));
  if (count < 0 && errno != EINTR) throw std::system_error(errno, std::system_category(), "epoll_wait");
  now_ = Clock::now();
  for (int i = 0; i < count && !is_over(); ++i) {
    const auto& event = events[static_cast<std::size_t>(i)];
    on_event(*static_cast<Connection*>(event.data.ptr), event.events);
  }
}

void Load::sweep() {
  for (auto& connection : connections_) {
    if (connection.phase == Phase::parked) {
      open(connection);
    } else if (connection.phase == Phase::exchanging && now_ - connection.started > options_.timeout) {
      fail(connection, Failure::timeout);
    }
  }
}

void Load::begin_what_is_due() {
  if (options_.rate == 0) return;
  const std::chrono::nanoseconds interval{std::nano::den / options_.rate};
  for (; due_ <= now_ && !idle_.empty(); due_ += interval) {
    auto& connection = *idle_.back();
    idle_.pop_back();
    connection.started = due_;
    connection.phase = Phase::exchanging;
    connection.exchange.begin(next_host());
    write(connection);
  }
}

std::string_view Load::next_host() {
  const auto& hosts = options_.hosts;
  return hosts[(options_.order == Order::random ? random_() : next_++) % hosts.size()];
}

void Load::open(Connection& connection) {
  connection.started = Clock::now();
  connection.exchange.begin(next_host());
  std::optional<LoopbackEndpoint> source;
  if (options_.sources == Sources::spread) source = LoopbackEndpoint::spread_source(opened_);
  ++opened_;
  connection.interest = 0;
  connection.socket.reset();
  connection.socket = start_connect(*options_.target, source);
  if (!connection.socket.is_open()) return fail(connection, Failure::connect);
  ++report_.connections_opened;
  connection.phase = Phase::exchanging;
  // On loopback the handshake is over when connect() returns, so the first bytes usually go out here.
  write(connection);
}

void Load::on_event(Connection& connection, std::uint32_t events) {
  if ((events & EPOLLOUT) != 0) {
    if (connection.phase == Phase::streaming && connection.exchange.unsent().empty()) {
      stream_up(connection);
    } else {
      write(connection);
    }
  }
  if ((events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0 && connection.phase != Phase::parked) {
    if (connection.phase == Phase::streaming) {
      stream_down(connection);
    } else {
      read(connection);
    }
  }
}

void Load::watch(Connection& connection, std::uint32_t interest) {
  if (connection.interest == interest) return;
  epoll_event event{};
  event.events = interest;
  event.data.ptr = &connection;
  const int operation = connection.interest == 0 ? EPOLL_CTL_ADD : EPOLL_CTL_MOD;
  if (epoll_ctl(epoll_.get(), operation, connection.socket.get(), &event) != 0) {
    throw std::system_error(errno, std::system_category(), "epoll_ctl");
  }
  connection.interest = interest;
}

void Load::write(Connection& connection) {
  while (!connection.exchange.unsent().empty()) {
    const std::string_view bytes = connection.exchange.unsent();
    const ssize_t count = ::send(connection.socket.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count < 0) {
      if (would_block()) return watch(connection, EPOLLIN | EPOLLOUT);
      return fail(connection, errno == ECONNREFUSED ? Failure::connect : Failure::reset);
    }
    connection.exchange.sent(static_cast<std::size_t>(count));
  }
  const bool pushes = connection.phase == Phase::streaming && options_.direction == Direction::up;
  watch(connection, pushes ? EPOLLIN | EPOLLOUT : EPOLLIN);
}

void Load::read(Connection& connection) {
  const ssize_t count = ::recv(connection.socket.get(), buffer_.data(), buffer_.size(), 0);
  if (count < 0) {
    if (would_block()) return;
    return fail(connection, errno == ECONNREFUSED ? Failure::connect : Failure::reset);
  }
  if (count == 0) return step(connection, connection.exchange.end_of_stream());
  step(connection, connection.exchange.feed(std::string_view(buffer_.data(), static_cast<std::size_t>(count))));
}

void Load::step(Connection& connection, Exchange::Step step) {
  switch (step) {
    case Exchange::Step::more:
      if (!connection.exchange.unsent().empty()) write(connection);
      break;
    case Exchange::Step::done:
      finish(connection);
      break;
    case Exchange::Step::streaming:
      connection.phase = Phase::streaming;
      write(connection);
      break;
    case Exchange::Step::failed:
      fail(connection, connection.exchange.failure());
      break;
  }
}

void Load::finish(Connection& connection) {
  const auto now = Clock::now();
  ++report_.total;
  if (now >= measure_from_ && now < end_) report_.latency.add(now - connection.started);
  if (is_over()) return;
  if (!connection.exchange.keeps_connection()) return open(connection);
  if (options_.rate > 0) {
    connection.phase = Phase::idle;
    return idle_.push_back(&connection);
  }
  connection.started = now;
  connection.exchange.begin(next_host());
  write(connection);
}

// A failed connection rests until the next sweep, so that a dead proxy costs a count and not a busy loop.
void Load::fail(Connection& connection, Failure failure) {
  report_.count(failure);
  std::erase(idle_, &connection);
  connection.socket.reset();
  connection.phase = Phase::parked;
}

void Load::stream_down(Connection& connection) {
  for (int turn = 0; turn < kTurnsPerEvent; ++turn) {
    // MSG_TRUNC lets TCP throw the bytes away without copying them: the client is not what is measured.
    const ssize_t count = ::recv(connection.socket.get(), buffer_.data(), buffer_.size(), MSG_TRUNC);
    if (count == 0) return fail(connection, Failure::closed_early);
    if (count < 0) {
      if (!would_block()) fail(connection, Failure::reset);
      return;
    }
    count_bytes(connection, static_cast<std::uint64_t>(count));
    if (static_cast<std::size_t>(count) < buffer_.size()) return;
  }
}

void Load::stream_up(Connection& connection) {
  for (int turn = 0; turn < kTurnsPerEvent; ++turn) {
    const ssize_t count = ::send(connection.socket.get(), buffer_.data(), buffer_.size(), MSG_NOSIGNAL);
    if (count < 0) {
      if (!would_block()) fail(connection, Failure::reset);
      return;
    }
    count_bytes(connection, static_cast<std::uint64_t>(count));
  }
}

void Load::count_bytes(Connection& connection, std::uint64_t bytes) {
  connection.streamed += bytes;
  report_.bytes_total += bytes;
  if (now_ >= measure_from_) report_.bytes += bytes;
}

}  // namespace breakwater::bench
