#pragma once

#include <memory>
#include <optional>
#include <string>

#include <boost/intrusive/list_hook.hpp>

#include "proxy/app/connection_limit.h"
#include "proxy/app/interception.h"
#include "proxy/app/transaction.h"
#include "proxy/auth/authenticator.h"
#include "proxy/http/head.h"
#include "proxy/net/event.h"
#include "proxy/net/relay.h"
#include "proxy/pages/block_page.h"
#include "proxy/portal/request.h"
#include "proxy/safeguarding/attempt.h"
#include "proxy/selftest/marks.h"
#include "proxy/tls/client_hello.h"

namespace breakwater::portal {
struct Probe;
}

namespace breakwater::app {

class Upload;
class Worker;

/// A client connection from accept to close, on its worker's thread: reads a request, has it judged, relays or refuses
/// it, and so on until one side is done. Phases are in files of their own: session.cpp (requests in turn), answer.cpp
/// (what the gateway says itself), record_attempt.cpp (what the safeguarding lead hears of),
/// introduction.cpp (what a balancer says of its client), own_pages.cpp (requests for the gateway itself), sign_in.cpp
/// (proxy authentication), self_test.cpp (the gateway's own connections), exchange.cpp (HTTP), connect.cpp (CONNECT),
/// circumvention.cpp (what is not what it should be), intercepted.cpp (what was on its way elsewhere), dial.cpp (the
/// way to an origin), quota_use.cpp (what counts for a quota), count_sight.cpp (what it shows of its site).
class Session : public boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>>,
                public std::enable_shared_from_this<Session> {
 public:
  /// `server`: the client speaks TLS to the gateway itself; nullptr: it does not. `interception`: the client knows
  /// nothing of the gateway.
  Session(Worker& worker, net::Socket socket, const categories::IpAddress& client, ConnectionLimit::Place place,
          std::shared_ptr<const net::TlsServer> server, std::optional<Interception> interception);

  /// Until the connection is over, or a tunnel is to open.
  net::Task<> run();
  /// After run(): opens the tunnel that it has left, which keeps the session until it ends and hands it to
  /// Worker::let_go() then. No coroutine is in memory while a tunnel is silent. False: there is none to open.
  bool open_tunnel();
  /// Before run(): a balancer has connected, and says first for whom.
  void await_introduction() { introduction_ = Introduction::awaited; }
  /// Before run(): this is a connection of the self-test. nullptr: it is a client's.
  void stand_in(std::shared_ptr<selftest::Mark> mark);

  enum class Rejudged : std::uint8_t { nothing_open, kept, graced, cut };
  /// Asks again whether the open tunnel, or the answer that is on its way, may stay; ends it at once (floor) or after
  /// the policy's grace.
  Rejudged rejudge(net::End cause, rules::SysSeconds now);
  /// Who is at its address may have changed: where somebody else has signed in, what the person before had open ends at
  /// once; else what is open is judged again.
  Rejudged identify_again(rules::SysSeconds now);
  /// Other quotas may be used up now: what is open is judged again where that is so.
  Rejudged spend_again(rules::SysSeconds now);
  /// Tells the worker what has moved since the last time, where it is use of a quota.
  void count_use();
  /// The gateway ends when nobody holds `others` any more: this session does until the request or tunnel at hand is
  /// over.
  void hold_up(const std::shared_ptr<void>& others) {
    if (phase_ == Phase::busy) holds_up_ = others;
  }
  /// Counts what is open, and what has moved since the last time, by what it shows of its site.
  void count_sight();
  /// No further request after the one at hand; an idle connection ends now.
  void drain();
  /// Ends whatever is going on.
  void abort(net::End cause);

 private:
  /// What becomes of the client connection after a request.
  enum class Next : std::uint8_t { again, tunnel, close, closed };

  /// The request at hand once its bytes are gone from the buffer.
  struct Request {
    http::Version version = http::Version::http_1_1;
    http::Body body;
    http::Persistence persistence = http::Persistence::keep_alive;
    pages::Language language = pages::Language::english;
    enum class Upgrade : std::uint8_t { none, asked } upgrade = Upgrade::none;
    /// Some schemes (NTLM, Negotiate) sign a connection in, not a request: one with credentials is shared with nobody.
    enum class Upstream : std::uint8_t { pooled, own } upstream = Upstream::pooled;
  };

  /// A page of the gateway's own.
  struct Answer {
    std::uint16_t status;
    std::string_view reason;  ///< for the page's words
    std::string_view detail;
    http::Persistence persistence;
  };

  struct Dialled {
    std::unique_ptr<net::Stream> stream;  ///< or why there is none:
    std::uint16_t status = 502;
    std::string_view reason;  ///< "dns", "connect", "timeout" or "private_destination"
  };

  /// What a bell or a reload has in store for what is open when its grace is over.
  struct Sentence {
    explicit Sentence(Session& session);
    std::shared_ptr<rules::Engine> engine;
    rules::Verdict verdict;
    net::End cause = net::End::bell;
    net::Deadline grace;
  };

  /// What a connection lacks that would say for which site it is.
  struct Nameless {
    rules::Reason reason;
    std::string_view detail;
  };

  struct Outcome;
  enum class Received : std::uint8_t { head, nothing, timeout, malformed };

  // introduction.cpp
  net::Task<bool> be_introduced();
  void refuse_introduction(std::string_view fault);

  // session.cpp
  net::Task<bool> begin_connection();
  net::Task<bool> secure();
  net::Task<bool> receive_first_byte();
  void begin();
  net::Task<Next> next_request();
  net::Task<Next> judge(const http::RequestHead& head);
  void know_subject();
  rules::Facts facts(rules::Stage stage, const categories::Host& host, std::string_view path) const;
  rules::Stage stage() const;
  rules::Verdict decide(rules::Stage stage, const categories::Host& host, std::string_view path);
  bool may_go_on(const rules::Verdict& verdict) const;
  net::Task<Next> refuse_head(http::HeadError error);
  void carry_out();
  void rejudge_if_stale();
  void cut(net::End cause);
  void log();

  // private_use.cpp
  std::vector<std::string_view> category_names() const;
  void count_if_private();
  bool is_counted_only() const;

  // own_pages.cpp
  bool is_own(const http::RequestHead& head);
  std::optional<net::tcp::endpoint> own_end();
  bool is_own_address(const categories::IpAddress& address);
  std::vector<portal::QuotaLeft> quotas_left(rules::SysSeconds now) const;
  net::Task<Next> own_page(const http::RequestHead& head);
  net::Task<std::uint16_t> receive_form(std::string& form);
  net::Task<std::optional<portal::Response>> respond(portal::Request request);
  const portal::Probe* probe(const http::RequestHead& head) const;
  net::Task<Next> answer_probe(const portal::Probe& probe, std::string_view base);
  net::Task<Next> send_to_terms(std::string_view base, std::string_view way_back);
  std::string own_base(http::TargetForm form);
  std::string secure_base(const http::RequestHead& head);
  rules::Acceptance acceptance_of(const rules::Subject& subject, const rules::Policy& policy) const;
  void know_acceptance(const rules::Policy& policy);
  void show_in_window();

  // answer.cpp
  net::Task<Next> answer(Answer what);
  net::Task<Next> send_answer(std::uint16_t status, std::string_view fields, std::string body,
                              http::Persistence persistence);
  net::Task<Next> refuse(std::uint16_t status);
  std::string page(const Answer& what);

  // record_attempt.cpp
  safeguarding::Attempt attempt(const rules::Verdict& verdict);
  void record_if_monitored(const rules::Verdict& verdict);
  net::Task<bool> make_durable();

  // sign_in.cpp
  void know_person();
  bool may_sign_in() const;
  net::Task<> sign_in(std::string_view field);
  net::Task<auth::Authenticator::Outcome> verify(const auth::Credentials& credentials);
  net::Task<Next> ask_to_sign_in();
  void identify(rules::Subject& subject) const;

  // exchange.cpp
  net::Task<Next> exchange(const http::RequestHead& head);
  net::Task<Outcome> try_exchange(net::Stream& upstream, const std::string& request, http::Body body);
  net::Task<Next> refuse_dial(const Dialled& dialled);
  net::Task<Received> receive_response(net::Stream& upstream, http::ResponseHead& head);
  net::Task<Outcome> relay_response(net::Stream& upstream, const http::ResponseHead& head, Upload& upload);
  net::Task<bool> send(std::string_view piece = {}, std::string_view tail = {});
  net::Task<net::Io> receive_body(net::Stream& upstream);
  net::Task<bool> relay_body(net::Stream& upstream, http::Body body);
  net::Task<bool> relay_length(net::Stream& upstream, std::uint64_t left);
  net::Task<bool> relay_chunked(net::Stream& upstream);
  net::Task<bool> relay_until_close(net::Stream& upstream);

  // connect.cpp
  net::Task<Next> connect(const http::RequestHead& head);
  net::Task<tls::HelloStatus> receive_hello(tls::ClientHello& hello);
  net::Task<bool> judge_hello(tls::HelloStatus status, const tls::ClientHello& hello);
  void note_hello(tls::HelloStatus status, const tls::ClientHello& hello);
  std::optional<Nameless> find_no_name(tls::HelloStatus status, const tls::ClientHello& hello);
  net::Task<> refuse_tunnel(std::uint16_t record_version);
  void end_tunnel(net::End end);

  // circumvention.cpp
  static constexpr std::string_view kLikeTor = "a hello like those of Tor";
  std::span<const std::uint8_t> received();
  Nameless name_speech(Nameless otherwise);
  static std::optional<Nameless> find_hidden_name(const tls::ClientHello& hello, const categories::Host& name,
                                                  const rules::Gate& gate);
  std::optional<Nameless> find_way_round(const http::RequestHead& head) const;
  void refuse_for(const Nameless& why);

  // intercepted.cpp
  net::Task<Next> intercepted();
  std::string_view find_loop();
  void refuse_as_loop(std::string_view detail);
  net::Task<Next> intercepted_tls();
  void judge_name(const tls::ClientHello& hello);
  void judge_address(const Nameless& why);
  net::Task<Next> intercepted_tunnel(const tls::ClientHello& hello);
  net::Task<Next> not_a_request(http::HeadError error);
  std::optional<http::HeadError> find_misdirection(const http::RequestHead& head) const;
  void count_intercepted(rules::Reason reason);

  // self_test.cpp
  void judge_as_group(const rules::Policy& policy);
  void note_for_self_test(const rules::Verdict& verdict);
  net::Task<Next> answer_self_test(std::size_t head_size);

  // count_sight.cpp
  void see(telemetry::Sight sight);
  void see(const categories::Host& name, tls::EchState ech);
  void count_connection(telemetry::Seen judged);
  void count_sight_at_end();

  // quota_use.cpp
  struct Moved {
    std::uint64_t up;
    std::uint64_t down;
  };
  Moved moved() const;
  std::uint64_t moved_both_ways() const;
  void count_for(std::uint32_t quotas);
  pages::QuotaUse quota_use() const;

  // dial.cpp
  static constexpr std::string_view kNoSuchName = "no such name";
  net::Task<Dialled> dial();

  Worker& worker_;
  ConnectionLimit::Place place_;
  net::Stream client_;
  std::shared_ptr<const net::TlsServer> server_;
  std::optional<Interception> interception_;
  enum class Introduction : std::uint8_t { unneeded, awaited } introduction_ = Introduction::unneeded;
  rules::Subject subject_;  ///< of the request at hand: who asked
  rules::Subject present_;  ///< as whom what is open was judged last
  std::string accepted_;    ///< the version of the acceptable-use text that subject_ has accepted, as far as known
  std::uint64_t accepted_edition_ = 0;  ///< of the book that says so
  std::string account_;                 ///< for which the credentials of the request at hand are right; or ""
  rules::SysSeconds account_since_{};
  std::string holder_;           ///< whose the address was by then
  bool sign_in_failed_ = false;  ///< nobody could say whether the credentials are right
  std::string client_text_;
  Transaction tx_;
  Request request_;
  std::string out_;
  net::Deadline lifetime_;
  std::unique_ptr<net::Relay> relay_;       ///< while a tunnel is open
  net::Stream* origin_ = nullptr;           ///< the origin's connection in use, for abort()
  std::unique_ptr<net::Stream> tunnel_to_;  ///< the origin's connection, once a tunnel may open
  std::unique_ptr<Sentence> sentence_;
  std::unique_ptr<const categories::Host> sni_;  ///< where it is another than tx_.host
  Upload* upload_ = nullptr;                     ///< while a body is on its way
  std::uint32_t quotas_ = 0;                     ///< of which what moves is use
  std::uint64_t counted_ = 0;                    ///< of moved_both_ways()
  Moved seen_{};                                 ///< of moved()
  std::uint32_t sights_ = 0;                     ///< bits of those that this connection is counted for
  enum class Phase : std::uint8_t { idle, busy } phase_ = Phase::busy;
  std::shared_ptr<void> holds_up_;
  std::uint64_t requests_ = 0;
  std::shared_ptr<selftest::Mark> mark_;  ///< of a connection of the self-test
};

}  // namespace breakwater::app
