#include "proxy/app/server.h"

#include <csignal>
#include <iostream>

#include <boost/asio/signal_set.hpp>
#include <boost/asio/thread_pool.hpp>
#include <malloc.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <sys/resource.h>
#include <unistd.h>

#include "categories/canary.h"
#include "categories/sha256.h"
#include "proxy/app/authentication.h"
#include "proxy/app/doors.h"
#include "proxy/app/feed_keeper.h"
#include "proxy/app/identity_keeper.h"
#include "proxy/app/old_names.h"
#include "proxy/app/operations_keeper.h"
#include "proxy/app/own_addresses.h"
#include "proxy/app/pass_keeper.h"
#include "proxy/app/safeguarding.h"
#include "proxy/app/sealing.h"
#include "proxy/app/self_test_keeper.h"
#include "proxy/app/start.h"
#include "proxy/app/watcher.h"
#include "proxy/app/worker.h"
#include "proxy/auth/pac.h"
#include "proxy/lists/hits.h"
#include "proxy/lists/locked_list.h"
#include "proxy/portal/portal.h"
#include "proxy/snapshot/loader.h"
#include "rules/civil_time.h"

namespace breakwater::app {
namespace {

constexpr int kWrong = 1;
constexpr int kUsage = 2;
constexpr std::chrono::milliseconds kLook{400};  ///< between two looks at the watched files
/// For what has begun while the gateway served on, once it closes its doors: clients of the next one wait meanwhile.
constexpr std::chrono::milliseconds kLastWords{1000};
constexpr std::chrono::seconds kKeepHits{5};     ///< between two writings of what each list decided
constexpr std::chrono::seconds kMostWait{3600};  ///< for a day to end: the clock may be set meanwhile
constexpr std::size_t kPolicyDigits = 12;        ///< of its SHA-256, in the records of self-tests
constexpr std::size_t kToldMost = 50;            ///< diagnostics told at one load
/// The nice value of who compiles lists. Beside an equal a worker of a busy machine waits for a whole slice of time.
constexpr int kGiveWay = 5;
/// Blocks of this size and more go back to the system when they are freed. Without a fixed limit glibc raises its own
/// with each large block that is freed, up to 32 MiB, and what compiling lists took stays with the process.
constexpr int kReturnedBlock = 1 << 20;

void tell(const categories::Diagnostics& diagnostics) {
  std::size_t told = 0;
  for (const auto& diagnostic : diagnostics) {
    if (told++ == kToldMost) {
      spdlog::warn("... and {} more; see `breakwater policy check`", diagnostics.size() - kToldMost);
      break;
    }
    spdlog::log(diagnostic.severity == categories::Severity::error ? spdlog::level::err : spdlog::level::warn, "{}",
                to_string(diagnostic));
  }
}

/// "" where the settings do not say how clients call the gateway.
std::string pac_text(const snapshot::Settings& settings) {
  if (settings.pac_host.empty()) return "";
  return auth::pac_text({settings.pac_host, snapshot::port_of(settings.tls_listen), snapshot::port_of(settings.listen),
                         settings.pac_direct});
}

/// The running gateway: its workers, and the thread that reloads, drains and ends them.
class Server {
 public:
  Server(const ServeOptions& options, const snapshot::Settings& settings, const Clock& clock, telemetry::AccessLog& log,
         Safeguarding& safeguarding, std::filesystem::path access_log)
      : options_(options),
        access_log_(std::move(access_log)),
        settings_(settings),
        clock_(clock),
        log_(log),
        safeguarding_(safeguarding),
        ledger_(options.state, person_tag(), [](const std::string& message) { spdlog::error("quota: {}", message); }),
        limit_(settings.connections, settings.connections_per_client),
        portal_(options.state, pac_text(settings), person_tag(),
                [](const std::string& message) { spdlog::error("portal: {}", message); }),
        look_(io_),
        day_(io_),
        hits_timer_(io_),
        drain_(io_),
        signals_(io_, SIGHUP, SIGTERM, SIGINT),
        passes_(
            io_.get_executor(), options.state, clock, safeguarding.pseudonyms(),
            [this](auto snapshot) { put_passes(std::move(snapshot)); }, [this] { return pass_uses(); },
            [this](const auto& request, const auto& peer) {
              if (request.command == admin::Command::status) return operations_.status();
              return request.command == admin::Command::erased ? forget_erased() : self_tests_.answer(request, peer);
            }),
        operations_(options.state, options.policy, settings, clock, safeguarding.recorder(), egress_),
        self_tests_({settings.selftest_at, settings.selftest_after_change, options.state}, clock, marks_,
                    safeguarding) {}

  int run() {
    in_force_ = load("start");
    if (!in_force_) return kWrong;
    if (!know_accounts()) return kUsage;
    if (!listen(*in_force_)) return kUsage;
    if (!know_clients(*in_force_)) return kUsage;
    devices_.use(in_force_->snapshot);
    safeguarding_.start(in_force_->snapshot->policy, workers_, devices_, egress_);
    watch_signals();
    watch_files();
    lists::write_hits(options_.state, {started_, {}});
    keep_hits();
    running_ = workers_.size();
    for (auto& worker : workers_)
      worker->start([this] {
        net::asio::post(io_, [this] {
          if (--running_ == 0) io_.stop();
        });
      });
    if (identities_) {
      identities_->start([this](const identity::Keeper::Map& map) {
        devices_.use(map);
        for (auto& worker : workers_)
          worker->post_identities(map);
      });
    }
    passes_.start();
    self_tests_.start(doors_.ways_in());
    ::setpriority(PRIO_PROCESS, 0, kGiveWay);  // of this thread and those it starts from here on
    const FeedKeeper feeds([this] { return load_request("update"); });
    operations_.start(workers_, safeguarding_.forwarder(), doors_.open());
    for (const auto& line : announcements_)
      std::cout << line << std::endl;
    io_.run();
    operations_.stop();
    self_tests_.stop();
    for (auto& worker : workers_)
      worker->join();
    authenticator_.reset();
    identities_.reset();
    desk_.join();
    write_hits();
    log_private_use(private_use_.take());
    passes_.stop();
    report();
    return 0;
  }

 private:
  /// Who people are in files that say no names.
  std::function<std::string(std::string_view)> person_tag() const {
    return [&pseudonyms = safeguarding_.pseudonyms()](std::string_view key) { return pseudonyms.of_person(key); };
  }

  snapshot::LoadRequest load_request(std::string why) const {
    snapshot::LoadRequest request;
    request.policy = options_.policy;
    request.gate = settings_.gate;
    request.state = options_.state;
    request.now = clock_.seconds();
    request.access_log = access_log_;
    request.why = std::move(why);
    return request;
  }

  /// Policy, lists and fixed names as they are on disk; nullptr, with every reason told, where they cannot be used. At
  /// a start the lists that were in force before take the place of unusable ones: a gateway without a filter is no
  /// help.
  std::shared_ptr<const InForce> load(const std::string& why) {
    const auto begin = std::chrono::file_clock::now();
    const auto request = load_request(why);
    auto loaded = snapshot::put_in_force(request);
    if (!loaded.snapshot && workers_.empty()) {
      if (auto last_good = snapshot::last_good(request); last_good.snapshot) {
        tell(loaded.diagnostics);
        spdlog::error("the lists on disk cannot be used; those that were in force before are");
        loaded.snapshot = std::move(last_good.snapshot);
        loaded.entries = last_good.entries;
        loaded.diagnostics.clear();
      }
    }
    watch_day(loaded.changes_at);
    auto next = std::make_shared<InForce>();
    next->snapshot = loaded.snapshot;
    next->own = own_addresses();
    bool good = loaded.snapshot != nullptr;
    if (!settings_.dns_hosts.empty()) {
      std::string error;
      if (const auto text = snapshot::read_file(settings_.dns_hosts, error)) {
        auto hosts = dns::HostsFile::parse(*text, settings_.dns_hosts.string(), loaded.diagnostics);
        next->hosts = in_force_ && *in_force_->hosts == hosts
                          ? in_force_->hosts
                          : std::make_shared<const dns::HostsFile>(std::move(hosts));
      } else {
        loaded.diagnostics.push_back(
            {categories::Severity::error, settings_.dns_hosts.string(), 0, 0, "cannot be read: " + error});
        good = false;
      }
      loaded.inputs.push_back(settings_.dns_hosts);
    }
    if (!settings_.tls_listen.empty()) {
      std::string error;
      next->tls = net::TlsServer::load(settings_.tls_certificate, settings_.tls_key, error);
      if (!next->tls) {
        loaded.diagnostics.push_back(
            {categories::Severity::error, options_.config.string(), 0, 0, "proxy.tls: " + error});
        good = false;
      }
      loaded.inputs.push_back(settings_.tls_certificate);
      loaded.inputs.push_back(settings_.tls_key);
    }
    tell(loaded.diagnostics);
    watcher_.watch(std::move(loaded.inputs), begin);
    if (!good) return nullptr;
    next->snapshot = passes_.adopt(next->snapshot);
    warn_of_groups_without_accounts(settings_, next->snapshot->policy);
    seal_names_to(next->snapshot->policy, options_.state, clock_.now());
    self_tests_.use(to_be_tested(next->snapshot, loaded));
    if (loaded.rehearsal) spdlog::info("lists: {}", loaded.rehearsal->lines()[0]);
    const auto lists = categories::count_real(loaded.snapshot->catalogue->lists());
    operations_.loaded(loaded.version, lists, loaded.entries);
    spdlog::info("in force: {} entries of {} lists, version {}", loaded.entries, lists, loaded.version);
    return next;
  }

  SelfTestKeeper::InForce to_be_tested(std::shared_ptr<const rules::Snapshot> snapshot,
                                       snapshot::Loaded& loaded) const {
    SelfTestKeeper::InForce out;
    out.basis.snapshot = std::move(snapshot);
    out.basis.named = std::move(loaded.self_tests);
    for (const auto& origin : loaded.origins)
      out.basis.list_files.push_back(origin.file);
    out.lists_version = loaded.version;
    std::string error;
    categories::Sha256 sum;
    sum.update(snapshot::read_file(options_.policy, error).value_or(""));
    out.policy = sum.hex().substr(0, kPolicyDigits);
    return out;
  }

  bool listen(const InForce& in_force) {
    const Services services{
        settings_, clock_, log_,    private_use_, safeguarding_.recorder(), safeguarding_.pseudonyms(),
        ledger_,   limit_, portal_, desk_,        authenticator_.get(),     sign_ins_,
        marks_};
    const auto threads = settings_.threads != 0 ? settings_.threads : std::max(1u, std::thread::hardware_concurrency());
    for (std::uint64_t i = 0; i < threads; ++i)
      workers_.push_back(std::make_unique<Worker>(services, in_force));
    if (!doors_.listen(Worker::Listener::plain, options_.listen.empty() ? settings_.listen : options_.listen) ||
        !doors_.listen(Worker::Listener::tls, settings_.tls_listen) ||
        !doors_.listen(Worker::Listener::intercepted_http, settings_.intercept_http) ||
        !doors_.listen(Worker::Listener::intercepted_tls, settings_.intercept_tls) || !doors_.may_mark())
      return false;
    doors_.warn_of_unnamed();
    for (const auto& door : doors_.open())
      announcements_.push_back("listening on " + door);
    std::string error;
    if (!operations_.listen(announcements_, error)) std::cerr << "breakwater: " << error << '\n';
    return error.empty();
  }

  bool know_accounts() {
    std::string error;
    authenticator_ = make_authenticator(settings_, sign_ins_, error);
    if (!error.empty()) std::cerr << "breakwater: " << error << '\n';
    return error.empty();
  }

  bool know_clients(const InForce& in_force) {
    std::string error;
    identities_ = make_identity_keeper(settings_, options_.state, in_force.snapshot, sign_ins_, error);
    if (!error.empty()) {
      std::cerr << "breakwater: " << error << '\n';
      return false;
    }
    if (!identities_) return true;
    devices_.use(identities_->first());
    for (auto& worker : workers_)
      worker->post_identities(identities_->first());
    return true;
  }

  void watch_signals() {
    signals_.async_wait([this](net::error_code error, int signal) {
      if (error) return;
      if (signal == SIGHUP) {
        reload("SIGHUP");
      } else {
        drain();
      }
      watch_signals();
    });
  }

  void watch_files() {
    look_.expires_after(kLook);
    look_.async_wait([this](net::error_code error) {
      if (error) return;
      std::erase_if(retired_, [](const auto& catalogue) { return catalogue.use_count() == 1; });
      if (watcher_.look() == Watcher::Seen::changed) reload("a watched file has changed");
      watch_files();
    });
  }

  /// Dated entries end at midnight of the centre.
  void watch_day(std::optional<rules::SysSeconds> changes_at) {
    day_.cancel();
    if (!changes_at) return;
    const auto wait = std::max(*changes_at - clock_.seconds(), std::chrono::seconds(1));
    day_.expires_after(std::min(wait, kMostWait));
    day_.async_wait([this](net::error_code error) {
      if (!error) reload("the day of an entry may have ended");
    });
  }

  void reload(const std::string& why) {
    if (draining_) return;
    spdlog::info("reload: {}", why);
    operations_.loading();
    const auto next = load(why);
    if (!next) {
      operations_.refused();
      spdlog::error(
          "reload refused; what was in force stays in force. Mend what is told above, or take the lists as they are "
          "with `breakwater lists update --accept REASON`");
      return;
    }
    swap(next, net::End::reload);
    if (identities_) identities_->use(next->snapshot);
    devices_.use(next->snapshot);
    safeguarding_.use(next->snapshot->policy);
    spdlog::info("reload done");
  }

  void swap(std::shared_ptr<const InForce> next, net::End cause) {
    const auto before = std::exchange(in_force_, std::move(next));
    for (auto& worker : workers_)
      worker->post_swap(in_force_, cause);
    if (before->snapshot->catalogue != in_force_->snapshot->catalogue) retired_.push_back(before->snapshot->catalogue);
  }

  void put_passes(std::shared_ptr<const rules::Snapshot> snapshot) {
    auto next = std::make_shared<InForce>(*in_force_);
    next->snapshot = std::move(snapshot);
    swap(std::move(next), net::End::pass);
  }

  std::vector<PassUses::Counts> pass_uses() {
    std::vector<PassUses::Counts> all;
    for (auto& worker : workers_)
      all.push_back(worker->pass_uses().take());
    return all;
  }

  void keep_hits() {
    hits_timer_.expires_after(kKeepHits);
    hits_timer_.async_wait([this](net::error_code error) {
      write_hits();
      log_private_use(private_use_.take(clock_.seconds()));
      if (!error) keep_hits();
    });
  }

  void write_hits() {
    lists::Hits hits{started_, {}};
    for (const auto& worker : workers_)
      worker->hits().add_to(hits.by_list);
    if (hits.by_list != hits_written_ && lists::write_hits(options_.state, hits)) hits_written_ = hits.by_list;
  }

  void log_private_use(const std::vector<std::string>& lines) {
    for (const auto& line : lines)
      log_.write_line(line);
  }

  /// For the control socket.
  std::string forget_erased() {
    if (const auto failed = portal_.forget_erased()) return admin::error_line(*failed);
    if (const auto failed = log_.set_aside()) return admin::error_line("the access log: " + failed.message());
    swap(in_force_, net::End::reload);  // who has accepted no longer is judged again
    return "{\"forgotten\":true}\n";
  }

  void drain() {
    if (draining_) {
      log_.flush();
      ::_exit(0);
    }
    draining_ = true;
    operations_.draining();
    egress_.end();
    spdlog::info("draining; a second signal ends at once");
    look_.cancel();
    day_.cancel();
    hits_timer_.cancel();
    if (doors_.stay_open())
      serve_on();
    else
      close_doors(settings_.drain);
  }

  /// The next gateway accepts when this one is gone: until then this one does, so that nobody waits for the tunnels of
  /// others. It goes when the last of what is open now has ended, or after proxy.drain.
  void serve_on() {
    const auto last_words = std::min(settings_.drain, kLastWords);
    const std::shared_ptr<void> others(
        nullptr, [this, last_words](void*) { net::asio::post(io_, [this, last_words] { close_doors(last_words); }); });
    for (auto& worker : workers_)
      worker->post_hold_up(others);
    drain_.expires_after(settings_.drain);
    drain_.async_wait([this, last_words](net::error_code error) {
      if (!error) close_doors(last_words);
    });
  }

  void close_doors(std::chrono::milliseconds limit) {
    if (std::exchange(doors_closed_, true)) return;
    for (auto& worker : workers_)
      worker->post_drain();
    drain_.expires_after(limit);
    drain_.async_wait([this](net::error_code error) {
      if (error) return;
      for (auto& worker : workers_)
        worker->post_abort();
    });
  }

  void report() {
    std::vector<const telemetry::Counters*> counters;
    for (const auto& worker : workers_)
      counters.push_back(&worker->counters());
    std::string text;
    for (const auto& [name, value] : telemetry::totals(counters))
      if (value != 0) text += fmt::format(" {}={}", name, value);
    spdlog::info("ended:{}", text);
  }

  const ServeOptions& options_;
  const std::filesystem::path access_log_;
  const snapshot::Settings& settings_;
  const Clock& clock_;
  telemetry::AccessLog& log_;
  telemetry::PrivateTally private_use_;
  Safeguarding& safeguarding_;
  quota::Ledger ledger_;
  ConnectionLimit limit_;
  portal::Portal portal_;
  net::asio::io_context io_{1};
  net::Timer look_;
  net::Timer day_;
  net::Timer hits_timer_;
  net::Timer drain_;
  net::asio::signal_set signals_;
  Watcher watcher_;
  PassKeeper passes_;
  EgressWatch egress_{list_counters};
  DeviceWatch devices_{limit_, safeguarding_.pseudonyms()};
  OperationsKeeper operations_;
  selftest::Marks marks_;
  SelfTestKeeper self_tests_;
  std::shared_ptr<const InForce> in_force_;
  /// Until no worker uses them: to unmap millions of entries takes milliseconds, which are not to be a worker's.
  std::vector<std::shared_ptr<const categories::Catalogue>> retired_;
  std::vector<std::unique_ptr<Worker>> workers_;
  net::asio::thread_pool desk_{1};  ///< ends before what it posts to
  const std::shared_ptr<identity::SignIns> sign_ins_ =
      std::make_shared<identity::SignIns>(std::chrono::duration_cast<std::chrono::seconds>(settings_.auth_idle));
  std::unique_ptr<auth::Authenticator> authenticator_;  ///< none: nobody can sign in
  std::unique_ptr<identity::Keeper> identities_;        ///< none: clients are known by their networks alone
  Doors doors_{workers_};
  std::vector<std::string> announcements_;
  const rules::SysSeconds started_ = clock_.seconds();
  std::map<std::string, std::uint64_t> hits_written_;
  std::size_t running_ = 0;
  bool draining_ = false;
  bool doors_closed_ = false;
};

int fail(const std::string& message) {
  std::cerr << "breakwater: " << message << '\n';
  return kUsage;
}

}  // namespace

int serve(const ServeOptions& options) {
  spdlog::set_default_logger(spdlog::stderr_logger_mt("breakwater"));
  spdlog::set_pattern("%Y-%m-%dT%H:%M:%S.%e%z %l: %v");
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);  // a file at its size limit is a full disk, not the end
  raise_descriptor_limit();
  ::mallopt(M_MMAP_THRESHOLD, kReturnedBlock);
  lists::forbid_core_dumps();
  int code = 0;
  const auto settings = read_settings(options.config, code);
  if (!settings) return code;
  std::error_code error;
  if (!std::filesystem::is_regular_file(options.policy, error))
    return fail(options.policy.string() + ": no such policy file");
  std::filesystem::create_directories(options.state, error);
  if (error) return fail(options.state.string() + ": " + error.message());
  std::filesystem::permissions(options.state, std::filesystem::perms::owner_all, error);
  const auto clock = make_clock(options);
  if (!clock) return kUsage;

  telemetry::AccessLogOptions log_options;
  log_options.file = !options.log.empty()          ? options.log
                     : !settings->log_file.empty() ? settings->log_file
                                                   : options.state / "access.log";
  log_options.rotate_bytes = settings->log_rotate_bytes;
  log_options.keep = settings->log_keep;
  try {
    telemetry::AccessLog log(log_options);
    Safeguarding safeguarding(options.state, *settings, *clock, log);
    take_names_out_of_files(options.state, safeguarding.pseudonyms());
    Server server(options, *settings, *clock, log, safeguarding, log_options.file);
    const int code_of_run = server.run();
    safeguarding.stop();  // writes what is left while the workers that its handlers post to are still there
    return code_of_run;
  } catch (const std::exception& failure) {
    return fail(failure.what());
  }
}

}  // namespace breakwater::app
