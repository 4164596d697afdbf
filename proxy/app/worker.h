#pragma once

#include <algorithm>
#include <atomic>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include <boost/intrusive/list.hpp>

#include "proxy/app/clock.h"
#include "proxy/app/connection_limit.h"
#include "proxy/app/list_hits.h"
#include "proxy/app/pass_uses.h"
#include "proxy/app/session.h"
#include "proxy/auth/authenticator.h"
#include "proxy/dns/resolver.h"
#include "proxy/identity/identity_map.h"
#include "proxy/identity/sign_ins.h"
#include "proxy/net/upstream_pool.h"
#include "proxy/quota/ledger.h"
#include "proxy/safeguarding/context.h"
#include "proxy/safeguarding/pseudonym.h"
#include "proxy/safeguarding/recorder.h"
#include "proxy/selftest/marks.h"
#include "proxy/snapshot/settings.h"
#include "proxy/telemetry/access_log.h"
#include "proxy/telemetry/counters.h"
#include "proxy/telemetry/id.h"
#include "proxy/telemetry/private_tally.h"
#include "proxy/telemetry/sight.h"
#include "proxy/telemetry/timings.h"

namespace boost::asio {
class thread_pool;
}

namespace breakwater::portal {
class Portal;
}

namespace breakwater::app {

/// What all workers use: sealed at start, or thread-safe.
struct Services {
  const snapshot::Settings& settings;
  const Clock& clock;
  telemetry::AccessLog& log;
  telemetry::PrivateTally& private_use;
  safeguarding::Recorder& recorder;
  const safeguarding::Pseudonyms& pseudonyms;
  quota::Ledger& ledger;
  ConnectionLimit& limit;
  portal::Portal& portal;
  boost::asio::thread_pool& desk;      ///< for what the portal writes to disk
  auth::Authenticator* authenticator;  ///< nullptr: nobody can sign in
  std::shared_ptr<identity::SignIns> sign_ins;
  selftest::Marks& self_tests;
};

/// What may change while the gateway runs, swapped whole.
struct InForce {
  std::shared_ptr<const rules::Snapshot> snapshot;
  std::shared_ptr<const dns::HostsFile> hosts;  ///< the same one while its content is
  std::vector<categories::IpAddress> own;       ///< the gateway's own addresses
  std::shared_ptr<const net::TlsServer> tls;    ///< nullptr: there is no TLS listener
};

/// One thread with an io_context of its own and everything a session touches on its way: engine, resolver, pool,
/// deadlines. Methods named `post_` may be called from any thread; all else belongs to the worker's own.
class Worker {
 public:
  using Identities = std::shared_ptr<const identity::IdentityMap>;

  Worker(const Services& services, InForce in_force);
  ~Worker();

  enum class Listener : std::uint8_t { plain, tls, intercepted_http, intercepted_tls };
  /// Opens a queue on the endpoint; before start(). Returns the endpoint bound (port 0 picks one).
  net::tcp::endpoint listen(Listener kind, const net::tcp::endpoint& endpoint, net::error_code& error);
  /// Accepts from a queue that is open already; before start().
  void adopt(Listener kind, net::Acceptor acceptor);
  /// `on_end` is called on the worker's thread when it has ended, after post_drain().
  void start(std::function<void()> on_end);
  void join();

  /// New requests are judged by the new snapshot at once, open tunnels are judged again by it; `cause` is why those end
  /// that it does not allow.
  void post_swap(std::shared_ptr<const InForce> next, net::End cause);
  /// Who is where from now on. What is open of whoever has changed is judged again.
  void post_identities(Identities next);
  /// Hands over what is known of a person's hosts (rules::person_key), on the worker's thread.
  void post_context(std::string person, Clock::Milliseconds from, Clock::Milliseconds until,
                    std::function<void(std::vector<safeguarding::Visit>)> take);
  /// Whatever is busy now holds `others` until it is no longer so. All else goes on.
  void post_hold_up(std::shared_ptr<void> others);
  /// Stops accepting; idle connections end, others after their response, tunnels when they end.
  void post_drain();
  /// Ends what is left.
  void post_abort();

  const telemetry::Counters& counters() const { return counters_; }
  const telemetry::Sightings& sightings() const { return sightings_; }
  const telemetry::Timings& timings() const { return timings_; }
  /// How long ago its loop turned last, which it does every second; any thread.
  std::chrono::milliseconds since_turn() const {
    return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - turned_.load());
  }

  // What a session uses.
  net::Executor executor() { return io_.get_executor(); }
  const Services& services() const { return services_; }
  const snapshot::Settings& settings() const { return services_.settings; }
  const std::shared_ptr<rules::Engine>& engine() const { return engine_; }
  const std::vector<categories::IpAddress>& own() const { return own_; }
  /// Is it a port at which intercepted connections arrive?
  bool intercepts_at(std::uint16_t port) const {
    return std::find(intercept_ports_.begin(), intercept_ports_.end(), port) != intercept_ports_.end();
  }
  /// Of connections to origins, so that rules of the kernel do not bring them back; 0: none.
  std::uint32_t mark() const {
    return intercept_ports_.empty() ? 0 : static_cast<std::uint32_t>(settings().intercept_mark);
  }
  const identity::IdentityMap& identities() const { return *identities_; }
  net::Wheel& wheel() { return wheel_; }
  dns::Resolver& resolver() { return resolver_; }
  net::UpstreamPool& pool() { return pool_; }
  telemetry::Counters& count() { return counters_; }
  telemetry::Sightings& sightings() { return sightings_; }
  telemetry::Timings& timings() { return timings_; }
  safeguarding::Context& context() { return context_; }
  ListHits& hits() { return hits_; }
  const ListHits& hits() const { return hits_; }
  PassUses& pass_uses() { return pass_uses_; }
  std::vector<char>& relay_buffer() { return relay_buffer_; }
  bool draining() const { return draining_; }
  /// Whose connection is over.
  void let_go(std::shared_ptr<Session> session);
  /// Bytes of theirs moved that are use of these quotas.
  void note_use(const rules::Subject& subject, std::uint32_t quotas, std::uint64_t bytes) {
    uses_[{rules::person_key(subject), subject.group, quotas}] += bytes;
  }
  /// What they have used up, as known a second ago: the bits of Subject::spent.
  std::uint32_t spent(const rules::Subject& subject, rules::SysSeconds now) const {
    return spent_->empty()
               ? 0
               : quota::spent_bits(*spent_, services_.pseudonyms.of_person(rules::person_key(subject)), now);
  }
  /// A connection was ended because its grace is over.
  void note_end_of_grace() { ++ends_of_grace_; }

 private:
  bool is_balancer(const categories::IpAddress& address) const;
  void accept(Listener kind, net::Socket socket, const net::tcp::endpoint& peer);
  net::Task<> every_second();
  enum class Spending : std::uint8_t { as_before, changed };
  Spending settle_quotas(rules::SysSeconds now);
  void rejudge(net::End cause);
  void end_if_done();

  const Services services_;
  net::asio::io_context io_{1};
  net::Wheel wheel_;
  dns::Resolver resolver_;
  net::UpstreamPool pool_;
  telemetry::Counters counters_;
  telemetry::Sightings sightings_;
  telemetry::Timings timings_;
  safeguarding::Context context_;
  ListHits hits_;
  PassUses pass_uses_;
  std::shared_ptr<rules::Engine> engine_;
  std::shared_ptr<const dns::HostsFile> hosts_;
  std::vector<categories::IpAddress> own_;
  Identities identities_ = std::make_shared<const identity::IdentityMap>();
  quota::Uses uses_;  ///< since the last second, by the policy of engine_
  std::shared_ptr<const quota::SpentMap> spent_ = std::make_shared<const quota::SpentMap>();
  std::vector<char> relay_buffer_;
  std::shared_ptr<const net::TlsServer> tls_;
  std::vector<std::pair<Listener, std::unique_ptr<net::Acceptor>>> acceptors_;
  std::vector<std::uint16_t> intercept_ports_;
  boost::intrusive::list<Session, boost::intrusive::constant_time_size<false>> sessions_;
  net::Timer second_;
  std::optional<rules::SysSeconds> next_bell_;
  rules::SysSeconds judged_at_{};
  std::uint64_t ends_of_grace_ = 0;  ///< since the last receipt
  std::atomic<std::chrono::steady_clock::time_point> turned_ = std::chrono::steady_clock::now();
  bool draining_ = false;
  bool ended_ = false;
  std::thread thread_;
};

}  // namespace breakwater::app
