// The way to an origin: the judged name, or the one the verdict puts in its place, is resolved, every address is
// judged, and only then dialled.

#include "proxy/app/session.h"
#include "proxy/app/worker.h"
#include "proxy/net/connector.h"
#include "rules/gate.h"

namespace breakwater::app {

net::Task<Session::Dialled> Session::dial() {
  const auto begin = Transaction::Steady::now();
  dns::Resolved resolved;
  if (tx_.host->is_literal()) {
    resolved.status = dns::ResolveStatus::ok;
    resolved.addresses.push_back(tx_.host->address());
  } else {
    // Where the safe name has no address, the request fails: the ordinary one is no substitute.
    const auto name = tx_.dialled.empty() ? tx_.host->text() : tx_.dialled;
    resolved = co_await worker_.resolver().resolve(name);
  }
  const auto spent = [&] {
    return std::chrono::duration_cast<std::chrono::microseconds>(Transaction::Steady::now() - begin);
  };
  if (resolved.status != dns::ResolveStatus::ok) {
    worker_.count().add(telemetry::Counter::dns_failures);
    tx_.connect = spent();
    const bool late = resolved.status == dns::ResolveStatus::timeout;
    tx_.detail = resolved.status == dns::ResolveStatus::no_such_name ? kNoSuchName
                 : late                                              ? "name lookup timed out"
                                                                     : "name lookup failed";
    co_return Dialled{nullptr, static_cast<std::uint16_t>(late ? 504 : 502), "dns"};
  }

  // The gate is the one of this moment, and so are the gateway's own addresses; the one that the client has reached is
  // among them.
  auto own = worker_.own();
  if (const auto reached = own_end()) own.push_back(net::to_ip_address(reached->address()));
  const auto& gate = tx_.engine->snapshot()->gate;
  std::erase_if(resolved.addresses, [&](const auto& address) { return !rules::may_dial(gate, address, own); });
  if (resolved.addresses.empty()) {
    worker_.count().add(telemetry::Counter::private_destinations);
    co_return Dialled{nullptr, 403, "private_destination"};
  }

  auto connected = co_await net::connect(worker_.executor(), worker_.wheel(), resolved.addresses, tx_.port,
                                         worker_.settings().connect, worker_.mark());
  tx_.connect = spent();
  if (connected.status == net::ConnectStatus::ok) co_return Dialled{std::move(connected.stream), 200, {}};
  worker_.count().add(telemetry::Counter::connect_failures);
  const bool late = connected.status == net::ConnectStatus::timeout;
  tx_.detail = late ? "the site did not answer in time" : "the site refused the connection";
  co_return Dialled{nullptr, static_cast<std::uint16_t>(late ? 504 : 502), late ? "timeout" : "connect"};
}

}  // namespace breakwater::app
