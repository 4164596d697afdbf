#include "proxy/app/doors.h"

#include <algorithm>
#include <iostream>

#include <spdlog/spdlog.h>

#include "proxy/net/connector.h"
#include "proxy/net/listener.h"

namespace breakwater::app {
namespace {

std::string_view addition(Worker::Listener kind) {
  switch (kind) {
    case Worker::Listener::plain:
      break;
    case Worker::Listener::tls:
      return " by TLS";
    case Worker::Listener::intercepted_http:
      return " for intercepted HTTP";
    case Worker::Listener::intercepted_tls:
      return " for intercepted TLS";
  }
  return "";
}

selftest::Door::Kind kind_of(Worker::Listener kind) {
  switch (kind) {
    case Worker::Listener::plain:
      break;
    case Worker::Listener::tls:
      return selftest::Door::Kind::tls_proxy;
    case Worker::Listener::intercepted_http:
      return selftest::Door::Kind::intercepted_http;
    case Worker::Listener::intercepted_tls:
      return selftest::Door::Kind::intercepted_tls;
  }
  return selftest::Door::Kind::proxy;
}

/// SO_REUSEPORT would let a second gateway share the port in silence: each would get half of the clients.
bool is_free(const net::tcp::endpoint& endpoint) {
  if (endpoint.port() == 0) return true;
  net::error_code error;
  net::asio::io_context io;
  net::Acceptor probe(io.get_executor());
  probe.open(endpoint.protocol(), error);
  if (!error) probe.set_option(net::Acceptor::reuse_address(true), error);
  if (!error && endpoint.address().is_v6()) probe.set_option(net::asio::ip::v6_only(true), error);
  if (!error) probe.bind(endpoint, error);
  if (!error) probe.listen(1, error);
  if (error)
    std::cerr << "breakwater: cannot listen on " << net::to_string(endpoint) << ": " << error.message() << '\n';
  return !error;
}

}  // namespace

bool Doors::listen(Worker::Listener kind, const std::vector<std::string>& endpoints) {
  for (const auto& text : endpoints) {
    auto endpoint = net::parse_endpoint(text);
    if (!endpoint) {
      std::cerr << "breakwater: \"" << text << "\" is not ADDR:PORT\n";
      return false;
    }
    if (!inherited_.has(*endpoint) && !is_free(*endpoint)) return false;
    for (const auto& worker : workers_) {
      net::error_code error;
      if (auto queue = inherited_.acceptor(worker->executor(), *endpoint, error); queue && !error)
        worker->adopt(kind, *std::move(queue));
      else if (!error)
        endpoint = worker->listen(kind, *endpoint, error);
      if (error) {
        std::cerr << "breakwater: cannot listen on " << text << ": " << error.message() << '\n';
        return false;
      }
    }
    ways_in_.push_back({kind_of(kind), *endpoint});
    endpoints_.push_back(*endpoint);
    open_.push_back(net::to_string(*endpoint).append(addition(kind)));
  }
  return true;
}

bool Doors::may_mark() const {
  const auto mark = workers_.front()->mark();
  if (mark == 0) return true;
  net::error_code error;
  net::asio::io_context io;
  net::Socket probe(io.get_executor());
  probe.open(net::tcp::v4(), error);
  if (!error) net::set_mark(probe, mark, error);
  if (error)
    std::cerr << "breakwater: intercept.mark cannot be set (it needs CAP_NET_ADMIN; 0 is none): " << error.message()
              << '\n';
  return !error;
}

bool Doors::stay_open() const {
  return std::all_of(endpoints_.begin(), endpoints_.end(), [this](const auto& each) { return inherited_.has(each); });
}

void Doors::warn_of_unnamed() const {
  for (const auto& given : inherited_.endpoints())
    if (std::find(endpoints_.begin(), endpoints_.end(), given) == endpoints_.end())
      spdlog::warn("{}: the service manager listens there, but no setting names it: clients wait in vain",
                   net::to_string(given));
}

}  // namespace breakwater::app
