#include "proxy/app/worker.h"

#include <array>
#include <utility>

#include <spdlog/spdlog.h>

#include "proxy/net/listener.h"
#include "proxy/net/original_destination.h"

namespace breakwater::app {
namespace {

constexpr std::size_t kRelayBuffer = 1024 * 1024;  ///< beyond it larger pieces no longer make a copy cheaper

dns::ResolverOptions resolver_options(const snapshot::Settings& settings) {
  dns::ResolverOptions options;
  options.servers = settings.dns_servers;
  options.timeout = settings.dns_timeout;
  return options;
}

bool is_intercepted(Worker::Listener kind) {
  return kind == Worker::Listener::intercepted_http || kind == Worker::Listener::intercepted_tls;
}

}  // namespace

Worker::Worker(const Services& services, InForce in_force)
    : services_(services),
      wheel_(io_.get_executor()),
      resolver_(io_.get_executor(), resolver_options(services.settings), in_force.hosts),
      engine_(std::make_shared<rules::Engine>(in_force.snapshot)),
      hosts_(std::move(in_force.hosts)),
      own_(std::move(in_force.own)),
      relay_buffer_(kRelayBuffer),
      tls_(std::move(in_force.tls)),
      second_(io_.get_executor()) {
  hits_.use(in_force.snapshot);
}

Worker::~Worker() = default;

net::tcp::endpoint Worker::listen(Listener kind, const net::tcp::endpoint& endpoint, net::error_code& error) {
  const bool foreign = is_intercepted(kind) && settings().intercept_mode == net::Redirection::tproxy;
  const auto whom = foreign ? net::ListenFor::anybody : net::ListenFor::itself;
  auto acceptor = std::make_unique<net::Acceptor>(net::open_acceptor(executor(), endpoint, whom, error));
  if (error) return {};
  auto bound = acceptor->local_endpoint(error);
  if (is_intercepted(kind)) intercept_ports_.push_back(bound.port());
  acceptors_.emplace_back(kind, std::move(acceptor));
  return bound;
}

void Worker::adopt(Listener kind, net::Acceptor acceptor) {
  acceptors_.emplace_back(kind, std::make_unique<net::Acceptor>(std::move(acceptor)));
}

void Worker::start(std::function<void()> on_end) {
  const auto finished = [](const std::exception_ptr& failure) {
    if (failure) std::rethrow_exception(failure);
  };
  for (auto& [kind, acceptor] : acceptors_)
    net::asio::co_spawn(
        executor(),
        net::accept_loop(
            *acceptor,
            [this, as = kind](net::Socket socket, net::tcp::endpoint peer) { accept(as, std::move(socket), peer); },
            [this](net::error_code error) {
              counters_.add(telemetry::Counter::accept_errors);
              pool_.clear();  // most often it is descriptors that are missing
              spdlog::warn("accept: {}; waiting before the next", error.message());
            }),
        finished);
  net::asio::co_spawn(executor(), wheel_.run(), finished);
  net::asio::co_spawn(executor(), every_second(), finished);
  thread_ = std::thread([this, on_end = std::move(on_end)] {
    io_.run();
    on_end();
  });
}

void Worker::join() {
  thread_.join();
}

bool Worker::is_balancer(const categories::IpAddress& address) const {
  const auto& balancers = settings().balancers;
  return std::any_of(balancers.begin(), balancers.end(),
                     [&](const auto& network) { return network.contains(address); });
}

void Worker::accept(Listener kind, net::Socket socket, const net::tcp::endpoint& peer) {
  counters_.add(telemetry::Counter::accepted);
  const auto client = net::to_ip_address(peer.address());
  auto mark = services_.self_tests.take({client, peer.port()});
  const bool introduced = !mark && !is_intercepted(kind) && is_balancer(client);
  auto place = introduced ? services_.limit.enter() : services_.limit.enter(client);
  if (!place) {
    counters_.add(telemetry::Counter::over_limit);
    return;
  }
  std::optional<Interception> interception;
  if (is_intercepted(kind)) {
    const auto protocol =
        kind == Listener::intercepted_tls ? Interception::Protocol::tls : Interception::Protocol::http;
    interception = {protocol,
                    mark ? mark->destination() : net::original_destination(socket, settings().intercept_mode)};
  }
  auto session = std::make_shared<Session>(*this, std::move(socket), client, std::move(*place),
                                           kind == Listener::tls ? tls_ : nullptr, interception);
  session->stand_in(std::move(mark));
  if (introduced) session->await_introduction();
  sessions_.push_back(*session);
  counters_.add(telemetry::Counter::active_connections);
  auto* running = session.get();
  net::asio::co_spawn(executor(), running->run(),
                      [this, session = std::move(session)](const std::exception_ptr& failure) mutable {
                        if (failure) std::rethrow_exception(failure);
                        if (!session->open_tunnel()) let_go(std::move(session));
                      });
}

void Worker::let_go(std::shared_ptr<Session> session) {
  session.reset();
  counters_.subtract(telemetry::Counter::active_connections);
  end_if_done();
}

/// Keeps to the present time: a bell is noticed within a second, also when the clock has jumped past it or back over
/// it.
net::Task<> Worker::every_second() {
  judged_at_ = services_.clock.seconds();
  next_bell_ = engine_->next_bell(judged_at_);
  while (!ended_) {
    second_.expires_after(std::chrono::seconds(1));
    co_await second_.async_wait(net::use_task);
    if (ended_) break;
    turned_ = std::chrono::steady_clock::now();
    pool_.sweep();
    for (auto& session : sessions_)
      session.count_sight();
    const auto now = services_.clock.seconds();
    const auto spending = settle_quotas(now);
    if (now < judged_at_ || (next_bell_ && now >= *next_bell_)) {
      rejudge(net::End::bell);
      next_bell_ = engine_->next_bell(now);
    }
    judged_at_ = now;
    if (spending == Spending::changed) rejudge(net::End::quota);
    if (ends_of_grace_ > 0) spdlog::info("grace is over: {} cut", std::exchange(ends_of_grace_, 0));
  }
}

/// Hands in what was used since the last time, and learns what is used up by that and on other workers.
Worker::Spending Worker::settle_quotas(rules::SysSeconds now) {
  const auto& policy = engine_->snapshot()->policy;
  if (policy.quotas.empty() && spent_->empty()) return Spending::as_before;
  for (auto& session : sessions_)
    session.count_use();
  auto spent = services_.ledger.hand_in(policy, std::exchange(uses_, {}), now);
  const bool same = *spent == *spent_;
  spent_ = std::move(spent);
  return same ? Spending::as_before : Spending::changed;
}

/// Leaves a receipt of the edge in the log.
void Worker::rejudge(net::End cause) {
  const auto begin = std::chrono::steady_clock::now();
  const auto now = services_.clock.seconds();
  std::array<std::size_t, 4> became{};  // by Session::Rejudged
  for (auto session = sessions_.begin(); session != sessions_.end();) {
    Session& each = *session++;
    const auto outcome = cause == net::End::identity ? each.identify_again(now)
                         : cause == net::End::quota  ? each.spend_again(now)
                                                     : each.rejudge(cause, now);
    ++became[static_cast<std::size_t>(outcome)];
  }
  const auto [unused, kept, graced, cut] = became;
  const bool is_personal = cause == net::End::identity || cause == net::End::quota;
  if (is_personal && kept + graced + cut == 0) return;  // hundreds sign in before a lesson
  const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - begin;
  spdlog::info("{}: {} judged again in {:.1f} ms: {} kept, {} in grace, {} cut", to_string(cause), kept + graced + cut,
               took.count(), kept, graced, cut);
}

void Worker::post_swap(std::shared_ptr<const InForce> next, net::End cause) {
  net::asio::post(io_, [this, next = std::move(next), cause] {
    const auto now = services_.clock.seconds();
    // An open connection is used again without a look at its address.
    if (next->hosts != hosts_ || next->own != own_) pool_.retire();
    settle_quotas(now);
    engine_ = std::make_shared<rules::Engine>(next->snapshot);
    settle_quotas(now);
    hits_.use(next->snapshot);
    own_ = next->own;
    tls_ = next->tls;
    resolver_.replace(next->hosts);
    hosts_ = next->hosts;
    next_bell_ = engine_->next_bell(now);
    rejudge(cause);
  });
}

void Worker::post_identities(Identities next) {
  net::asio::post(io_, [this, next = std::move(next)] {
    identities_ = next;
    rejudge(net::End::identity);
  });
}

void Worker::post_context(std::string person, Clock::Milliseconds from, Clock::Milliseconds until,
                          std::function<void(std::vector<safeguarding::Visit>)> take) {
  net::asio::post(io_, [this, person = std::move(person), from, until, take = std::move(take)] {
    take(context_.of(person, from, until));
  });
}

void Worker::post_hold_up(std::shared_ptr<void> others) {
  net::asio::post(io_, [this, others = std::move(others)] {
    for (auto& session : sessions_)
      session.hold_up(others);
  });
}

void Worker::post_drain() {
  net::asio::post(io_, [this] {
    draining_ = true;
    for (auto& [kind, acceptor] : acceptors_) {
      net::error_code ignored;
      acceptor->close(ignored);
    }
    for (auto& session : sessions_)
      session.drain();
    end_if_done();
  });
}

void Worker::post_abort() {
  net::asio::post(io_, [this] {
    for (auto& session : sessions_)
      session.abort(net::End::shutdown);
  });
}

/// The last one out turns off the light: without pending work io_context::run() returns.
void Worker::end_if_done() {
  if (!draining_ || ended_ || !sessions_.empty()) return;
  ended_ = true;
  settle_quotas(services_.clock.seconds());
  pool_.clear();
  wheel_.stop();
  resolver_.stop();
  second_.cancel();
}

}  // namespace breakwater::app
