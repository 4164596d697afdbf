#pragma once

#include <memory>
#include <string>
#include <vector>

#include "proxy/app/worker.h"
#include "proxy/operations/service_manager.h"
#include "proxy/selftest/door.h"

namespace breakwater::app {

/// Where the gateway listens: by itself, or on sockets that the service manager opened before. Used before the workers
/// start. What cannot be done is told on standard error.
class Doors {
 public:
  using Workers = std::vector<std::unique_ptr<Worker>>;

  explicit Doors(const Workers& workers) : workers_(workers) {}

  /// Each worker gets a queue of its own at each of them, ADDR:PORT; port 0 picks one.
  bool listen(Worker::Listener kind, const std::vector<std::string>& endpoints);
  /// Without its mark a connection to an origin might be brought back here, so that the gateway does not start.
  bool may_mark() const;
  /// Are all of them the service manager's, so that who comes while no gateway accepts waits instead of being refused?
  bool stay_open() const;
  /// Of sockets of the service manager that no setting names.
  void warn_of_unnamed() const;

  /// As people read them: "127.0.0.1:3128", "[::]:3130 for intercepted TLS".
  const std::vector<std::string>& open() const { return open_; }
  /// The same for the self-test.
  const std::vector<selftest::Door>& ways_in() const { return ways_in_; }

 private:
  const Workers& workers_;
  const operations::InheritedSockets inherited_ = operations::InheritedSockets::take();
  std::vector<net::tcp::endpoint> endpoints_;
  std::vector<selftest::Door> ways_in_;
  std::vector<std::string> open_;
};

}  // namespace breakwater::app
