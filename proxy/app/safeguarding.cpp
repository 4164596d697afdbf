#include "proxy/app/safeguarding.h"

#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "proxy/app/file_retention.h"
#include "proxy/app/forwarding.h"
#include "proxy/app/worker.h"
#include "proxy/safeguarding/context.h"
#include "proxy/safeguarding/store.h"

namespace breakwater::app {
namespace {

/// For all workers to answer; each is asked between two of its requests.
constexpr std::chrono::milliseconds kMostWait{1000};

/// What failed is tried again twice a second; a line for each failure would only fill the journal. What is new is told
/// at once.
class FailureTeller {
 public:
  explicit FailureTeller(std::string_view remedy) : remedy_(remedy) {}
  void operator()(const std::string& message) {
    const auto now = std::chrono::steady_clock::now();
    if (message == told_ && now - told_at_ < std::chrono::seconds(10)) return;
    told_ = message;
    told_at_ = now;
    spdlog::error("safeguarding store: {} ({})", message, remedy_);
  }

 private:
  std::string_view remedy_;
  std::string told_;
  std::chrono::steady_clock::time_point told_at_;
};

safeguarding::Pseudonyms load_pseudonyms(const std::filesystem::path& keys) {
  auto pseudonyms = safeguarding::Pseudonyms::load_or_make(keys);
  if (!pseudonyms) throw std::runtime_error(pseudonyms.error());
  return *std::move(pseudonyms);
}

/// What stood there when the gateway started; the first time, this makes the key.
void sign_at_start(safeguarding::Store& store, Clock::Milliseconds now) {
  if (const auto head = store.sign_head(now); head)
    spdlog::info("safeguarding records: the chain is signed up to record {} by the key {}", head->seq,
                 safeguarding::crypto::to_text(safeguarding::crypto::view(head->key)));
  else
    spdlog::error("safeguarding records: the chain cannot be signed: {}", head.error().message);
}

/// What the workers know of one person.
struct Gathering {
  std::mutex mutex;
  std::condition_variable wake;
  std::vector<safeguarding::Visit> visits;
  std::size_t missing = 0;
};

}  // namespace

Safeguarding::Safeguarding(std::filesystem::path state, const snapshot::Settings& settings, const Clock& clock,
                           telemetry::AccessLog& log)
    : state_(std::move(state)),
      settings_(settings),
      clock_(clock),
      log_(log),
      pseudonyms_(load_pseudonyms(state_ / "keys")),
      sealer_(std::make_shared<safeguarding::Sealer>(state_)),
      alerts_(state_, snapshot::smtp_options(settings), snapshot::alert_options(settings), clock, sealer_) {
  // Made before the gateway says that it listens, so that `attempts` finds it from then on. Where that fails the
  // recorder tells.
  const auto store = safeguarding::Store::open(state_, safeguarding::Store::Mode::read_write, sealer_);
  if (store) sign_at_start(**store, clock_.now());
  safeguarding::RecorderOptions options;
  options.sealer = sealer_;
  options.on_durable = [this](std::vector<safeguarding::Attempt> attempts) {
    if (desk_) desk_->take(std::move(attempts));
  };
  recorder_ = std::make_unique<safeguarding::Recorder>(
      state_, std::move(options),
      FailureTeller("attempts stay blocked, and are tried again as long as the gateway runs"));
}

Safeguarding::~Safeguarding() {
  workers_ = {};  // where it was not stopped before, they are gone
  egress_ = nullptr;
  stop();
}

void Safeguarding::start(const rules::Policy& policy, Workers workers, DeviceWatch& devices, EgressWatch& egress) {
  workers_ = workers;
  egress_ = &egress;
  alerts_.use(policy);
  safeguarding::DeskOptions options;
  options.state = state_;
  options.sealer = sealer_;
  options.now = [this] { return clock_.now(); };
  options.context = [this](const std::string& person, Clock::Milliseconds from, Clock::Milliseconds until) {
    return context(person, from, until);
  };
  options.on_episode = [this](const auto& episode, const auto& names) { alerts_.take(episode, names); };
  options.on_failure = FailureTeller("episodes wait, and are tried again as long as the gateway runs");
  desk_ = std::make_unique<safeguarding::Desk>(policy.safeguarding, std::move(options));
  retention_ = std::make_unique<safeguarding::RetentionKeeper>(
      policy.retention, safeguarding::RetentionKeeper::Options{
                            state_, [this] { return clock_.now(); },
                            FailureTeller("what is too old is still there, and is tried again in an hour"),
                            [this](const auto& retention, auto now, auto& done) {
                              return delete_old_files(state_, log_, retention, now, done);
                            }});
  if (const auto kept = kept_until_deleted(policy.retention); !kept.empty())
    spdlog::warn("[retention] of the policy sets no time for: {}; they are kept until somebody deletes them", kept);
  forwarder_ = start_forwarding(state_, settings_);
  StoreWatch::Options watch;
  watch.state = state_;
  watch.now = [this] { return clock_.now(); };
  watch.tell = [this](const alerts::StoreTrouble& trouble) { alerts_.take(trouble); };
  store_watch_ = std::make_unique<StoreWatch>(*recorder_, std::move(watch));
  start_reports(policy, devices, egress);
}

void Safeguarding::start_reports(const rules::Policy& policy, DeviceWatch& devices, EgressWatch& egress) {
  reports_ = std::make_unique<ReportKeeper>(
      state_, sealer_,
      ReportKeeper::Hooks{[this] { return clock_.now(); }, [this] { return counts(); },
                          [this](std::string_view key) { return alerts_.knows(key); },
                          [this](const alerts::ReportMail& report) { alerts_.post(report); },
                          FailureTeller("reports and figures wait, and are tried again in a minute")},
      devices, egress);
  if (alerts_.sends()) reports_->use(policy);
}

reports::Coverage::Counts Safeguarding::counts() const {
  std::vector<const telemetry::Counters*> counters;
  std::vector<const telemetry::Sightings*> sightings;
  counters.reserve(workers_.size());
  sightings.reserve(workers_.size());
  for (const auto& worker : workers_) {
    counters.push_back(&worker->counters());
    sightings.push_back(&worker->sightings());
  }
  reports::Coverage::Counts counts;
  for (const auto& [name, value] : telemetry::totals(counters))
    if (value != 0 && !telemetry::is_gauge(name)) counts.emplace(name, value);
  for (const auto& [way, sight, seen, value] : telemetry::totals(sightings))
    if (value != 0)
      counts.emplace(fmt::format("sight.{}.{}.{}", telemetry::kWayNames[static_cast<std::size_t>(way)],
                                 telemetry::kSightNames[static_cast<std::size_t>(sight)],
                                 telemetry::kSeenNames[static_cast<std::size_t>(seen)]),
                     value);
  if (egress_)
    for (const auto& [name, value] : egress_->packets())
      counts.emplace(fmt::format("packets.{}", name), value);
  return counts;
}

void Safeguarding::use(const rules::Policy& policy) {
  alerts_.use(policy);
  if (desk_) desk_->use(policy.safeguarding);
  if (retention_) retention_->use(policy.retention);
  if (reports_ && alerts_.sends()) reports_->use(policy);
}

std::string Safeguarding::record_check(std::span<const safeguarding::Entry> entries,
                                       const alerts::FailedCheck* failed) {
  if (failed) alerts_.take(*failed);
  const auto store = safeguarding::Store::open(state_, safeguarding::Store::Mode::read_write, sealer_);
  if (!store) return store.error().message;
  const auto error = (*store)->append(entries);
  return error ? error->message : std::string();
}

void Safeguarding::stop() {
  ending_ = true;
  if (forwarder_) tell_end(*forwarder_);
  forwarder_.reset();
  store_watch_.reset();
  recorder_.reset();
  reports_.reset();
  retention_.reset();
  desk_.reset();
}

/// On the desk's thread. A worker that does not answer in time is left out.
std::vector<safeguarding::Visit> Safeguarding::context(const std::string& person, Clock::Milliseconds from,
                                                       Clock::Milliseconds until) const {
  if (ending_) return {};
  const auto gathering = std::make_shared<Gathering>();
  gathering->missing = workers_.size();
  for (const auto& worker : workers_) {
    worker->post_context(person, from, until, [gathering](std::vector<safeguarding::Visit> visits) {
      const std::lock_guard lock(gathering->mutex);
      safeguarding::merge(gathering->visits, std::move(visits));
      --gathering->missing;
      gathering->wake.notify_one();
    });
  }
  std::unique_lock lock(gathering->mutex);
  gathering->wake.wait_for(lock, kMostWait, [&] { return gathering->missing == 0; });
  return std::move(gathering->visits);
}

}  // namespace breakwater::app
