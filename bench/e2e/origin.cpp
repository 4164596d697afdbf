#include "bench/e2e/origin.h"

#include <array>
#include <cerrno>
#include <deque>
#include <memory>
#include <system_error>
#include <thread>
#include <vector>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "bench/e2e/fd.h"
#include "bench/e2e/loopback.h"
#include "bench/e2e/tls_bytes.h"

namespace breakwater::bench {
namespace {

constexpr std::size_t kBuffer = std::size_t{256} * 1024;
constexpr std::size_t kHeadLimit = std::size_t{64} * 1024;
constexpr std::size_t kEvents = 512;
constexpr int kTurnsPerEvent = 16;

enum class State { first_bytes, http, last_answer, hello, command, source, sink };
enum class Fate { keep, close };

struct Connection {
  Fd socket;
  State state = State::first_bytes;
  std::string input;
  std::string output;  // what the socket did not take at once
};

/// One thread's listener and connections.
class Worker {
 public:
  Worker(std::uint16_t port, std::string_view response)
      : listener_(open_listener(port)), epoll_(epoll_create1(EPOLL_CLOEXEC)), response_(response), buffer_(kBuffer) {
    if (!epoll_.is_open()) throw std::system_error(errno, std::system_category(), "epoll_create1");
    watch(EPOLL_CTL_ADD, listener_, EPOLLIN);
  }

  std::uint16_t port() const { return local_port(listener_); }

  [[noreturn]] void run() {
    std::array<epoll_event, kEvents> events{};
    while (true) {
      const int count = epoll_wait(epoll_.get(), events.data(), kEvents, -1);
      for (int i = 0; i < count; ++i) {
        const auto& event = events[static_cast<std::size_t>(i)];
        if (event.data.fd == listener_.get()) {
          accept_all();
        } else if (auto& slot = by_fd_[static_cast<std::size_t>(event.data.fd)];
                   serve(*slot, event.events) == Fate::close) {
          slot.reset();
        }
      }
    }
  }

 private:
  void watch(int operation, const Fd& socket, std::uint32_t interest) {
    epoll_event event{};
    event.events = interest;
    event.data.fd = socket.get();
    if (epoll_ctl(epoll_.get(), operation, socket.get(), &event) != 0) {
      throw std::system_error(errno, std::system_category(), "epoll_ctl");
    }
  }

  void accept_all() {
    while (true) {
      Fd socket{accept4(listener_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC)};
      if (!socket.is_open()) return;
      const int one = 1;
      setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
      watch(EPOLL_CTL_ADD, socket, EPOLLIN);
      const auto index = static_cast<std::size_t>(socket.get());
      if (by_fd_.size() <= index) by_fd_.resize(2 * index);
      by_fd_[index] = std::make_unique<Connection>();
      by_fd_[index]->socket = std::move(socket);
    }
  }

  Fate serve(Connection& connection, std::uint32_t events) {
    if ((events & EPOLLOUT) != 0) {
      const Fate fate = connection.state == State::source ? pour(connection) : resume(connection);
      if (fate == Fate::close) return fate;
    }
    if ((events & (EPOLLIN | EPOLLHUP | EPOLLERR)) == 0) return Fate::keep;
    return connection.state == State::sink ? drain(connection) : receive(connection);
  }

  Fate receive(Connection& connection) {
    const ssize_t count = ::recv(connection.socket.get(), buffer_.data(), buffer_.size(), 0);
    if (count < 0) return errno == EAGAIN ? Fate::keep : Fate::close;
    if (count == 0) return Fate::close;
    connection.input.append(buffer_.data(), static_cast<std::size_t>(count));
    if (connection.state == State::first_bytes) {
      connection.state = connection.input.front() == char{kHandshakeRecord} ? State::hello : State::http;
    }
    switch (connection.state) {
      case State::http:
        return answer_requests(connection);
      case State::hello:
      case State::command:
        return answer_records(connection);
      default:
        return Fate::close;  // nothing more was to come
    }
  }

  Fate answer_requests(Connection& connection) {
    constexpr std::string_view kEnd = "\r\n\r\n";
    std::string_view rest = connection.input;
    for (auto end = rest.find(kEnd); end != std::string_view::npos; end = rest.find(kEnd)) {
      const std::string_view head = rest.substr(0, end);
      const bool is_last = head.find("\r\nConnection: close") != std::string_view::npos;
      rest.remove_prefix(end + kEnd.size());
      if (!head.starts_with("GET ") || send(connection, response_) == Fate::close) return Fate::close;
      if (is_last) {
        connection.state = State::last_answer;
        return connection.output.empty() ? Fate::close : Fate::keep;
      }
    }
    connection.input.erase(0, connection.input.size() - rest.size());
    return connection.input.size() > kHeadLimit ? Fate::close : Fate::keep;
  }

  Fate answer_records(Connection& connection) {
    while (true) {
      const auto size = record_size(connection.input);
      if (!size || connection.input.size() < *size) return Fate::keep;  // one record at most: 64 KiB
      const std::string record = connection.input.substr(0, *size);
      connection.input.erase(0, *size);
      if (connection.state == State::hello) {
        connection.state = State::command;
        if (send(connection, server_answer()) == Fate::close) return Fate::close;
      } else if (record == stream_command(Direction::down)) {
        connection.state = State::source;
        watch(EPOLL_CTL_MOD, connection.socket, EPOLLIN | EPOLLOUT);
        return Fate::keep;
      } else if (record == stream_command(Direction::up)) {
        connection.state = State::sink;
        connection.input.clear();  // of the stream itself
        return Fate::keep;
      } else {
        return Fate::close;
      }
    }
  }

  Fate send(Connection& connection, std::string_view bytes) {
    connection.output.append(bytes);
    return flush(connection);
  }

  Fate flush(Connection& connection) {
    std::string& output = connection.output;
    while (!output.empty()) {
      const ssize_t count = ::send(connection.socket.get(), output.data(), output.size(), MSG_NOSIGNAL);
      if (count < 0 && errno != EAGAIN) return Fate::close;
      if (count < 0) {
        watch(EPOLL_CTL_MOD, connection.socket, EPOLLIN | EPOLLOUT);
        return Fate::keep;
      }
      output.erase(0, static_cast<std::size_t>(count));
    }
    return Fate::keep;
  }

  Fate resume(Connection& connection) {
    const Fate fate = flush(connection);
    if (!connection.output.empty()) return fate;
    watch(EPOLL_CTL_MOD, connection.socket, EPOLLIN);
    return connection.state == State::last_answer ? Fate::close : fate;
  }

  Fate pour(Connection& connection) {
    static const std::vector<char> zeros(kBuffer);
    for (int turn = 0; turn < kTurnsPerEvent; ++turn) {
      if (::send(connection.socket.get(), zeros.data(), zeros.size(), MSG_NOSIGNAL) < 0) {
        return errno == EAGAIN ? Fate::keep : Fate::close;
      }
    }
    return Fate::keep;
  }

  Fate drain(Connection& connection) {
    for (int turn = 0; turn < kTurnsPerEvent; ++turn) {
      const ssize_t count = ::recv(connection.socket.get(), buffer_.data(), buffer_.size(), MSG_TRUNC);
      if (count == 0) return Fate::close;
      if (count < 0) return errno == EAGAIN ? Fate::keep : Fate::close;
    }
    return Fate::keep;
  }

  Fd listener_;
  Fd epoll_;
  std::string_view response_;
  std::vector<char> buffer_;
  std::vector<std::unique_ptr<Connection>> by_fd_;
};

}  // namespace

void serve_origin(const OriginOptions& options, const std::function<void(const std::string&)>& listening) {
  const std::string response = "HTTP/1.1 200 OK\r\nServer: origin\r\nContent-Type: text/html\r\nContent-Length: " +
                               std::to_string(options.body) + "\r\n\r\n" + std::string(options.body, 'x');
  std::deque<Worker> workers;
  workers.emplace_back(options.port, response);
  const std::uint16_t port = workers.front().port();
  for (unsigned i = 1; i < options.threads; ++i)
    workers.emplace_back(port, response);
  std::vector<std::jthread> threads;
  for (unsigned i = 1; i < options.threads; ++i)
    threads.emplace_back([&worker = workers[i]] { worker.run(); });
  listening("127.0.0.1:" + std::to_string(port));
  workers.front().run();
}

}  // namespace breakwater::bench
