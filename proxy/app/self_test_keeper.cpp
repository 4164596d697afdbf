#include "proxy/app/self_test_keeper.h"

#include <algorithm>

#include <nlohmann/json.hpp>
#include <pwd.h>
#include <spdlog/spdlog.h>
#include <sys/resource.h>

#include "proxy/app/safeguarding.h"
#include "proxy/safeguarding/store.h"
#include "proxy/selftest/records.h"
#include "proxy/selftest/schedule.h"
#include "proxy/telemetry/id.h"

namespace breakwater::app {
namespace {

constexpr std::chrono::milliseconds kLook{500};
constexpr int kGiveWay = 5;  ///< nice value: requests go first
constexpr std::size_t kKeptResults = 8;
constexpr int kRecordTries = 5;  ///< each waits for a lock of the store as long as the store does
constexpr std::chrono::seconds kRecordAgain{1};

std::string line_of(const nlohmann::ordered_json& value) {
  return value.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + '\n';
}

std::string make_id() {
  return "S-" + telemetry::make_reference();
}

/// The account that asks; its number where it has no name.
std::string account_of(const admin::Peer& peer) {
  constexpr std::size_t kBuffer = 16 * 1024;
  std::string buffer(kBuffer, '\0');
  passwd entry{};
  passwd* found = nullptr;
  ::getpwuid_r(peer.uid, &entry, buffer.data(), buffer.size(), &found);
  return found ? found->pw_name : std::to_string(peer.uid);
}

bool is_other(const SelfTestKeeper::InForce& before, const SelfTestKeeper::InForce& after) {
  return before.policy != after.policy ||
         before.basis.snapshot->catalogue->fingerprint() != after.basis.snapshot->catalogue->fingerprint();
}

}  // namespace

SelfTestKeeper::SelfTestKeeper(Options options, const Clock& clock, selftest::Marks& marks, Safeguarding& safeguarding)
    : options_(std::move(options)),
      clock_(clock),
      marks_(marks),
      safeguarding_(safeguarding),
      random_(std::random_device{}()) {}

SelfTestKeeper::~SelfTestKeeper() {
  stop();
}

void SelfTestKeeper::use(InForce in_force) {
  const std::lock_guard lock(mutex_);
  if (in_force_ && options_.after_change.count() > 0 && is_other(*in_force_, in_force))
    change_ = std::chrono::steady_clock::now() + options_.after_change;
  in_force_ = std::make_shared<const InForce>(std::move(in_force));
}

void SelfTestKeeper::start(const std::vector<selftest::Door>& doors) {
  probers_.reserve(doors.size());
  for (const auto& door : doors)
    probers_.emplace_back(door, marks_);
  looked_ = clock_.seconds();
  thread_ = std::thread([this] { work(); });
}

void SelfTestKeeper::stop() {
  ending_ = true;
  wake_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void SelfTestKeeper::work() {
  ::setpriority(PRIO_PROCESS, 0, kGiveWay);  // of this thread alone
  make_up();
  while (!ending_) {
    if (const auto wanted = next()) carry_out(*wanted);
  }
}

/// Once, for a time of the schedule at which no gateway ran.
void SelfTestKeeper::make_up() {
  if (options_.at.empty()) return;
  auto store = safeguarding::Store::open(options_.state, safeguarding::Store::Mode::read_only);
  if (!store) return spdlog::error("self-test: whether one was missed is not known: {}", store.error().message);
  const auto before = selftest::scheduled_before(**store);
  if (!before) return spdlog::error("self-test: whether one was missed is not known: {}", before.error().message);
  if (!*before) return;
  const std::lock_guard lock(mutex_);
  const auto since = std::chrono::floor<std::chrono::seconds>(**before);
  if (!selftest::is_due(in_force_->basis.snapshot->policy, options_.at, since, looked_)) return;
  spdlog::info("self-test: the one that was due while no gateway ran is made up");
  waiting_.push_back({make_id(), std::string(selftest::kMadeUp)});
}

/// Waits a moment for something to do.
std::optional<SelfTestKeeper::Wanted> SelfTestKeeper::next() {
  std::unique_lock lock(mutex_);
  wake_.wait_for(lock, kLook, [this] { return ending_ || !waiting_.empty(); });
  const auto now = clock_.seconds();
  const bool due = selftest::is_due(in_force_->basis.snapshot->policy, options_.at, std::exchange(looked_, now), now);
  const bool changed = change_ && std::chrono::steady_clock::now() >= *change_;
  if (due) waiting_.push_back({make_id(), std::string(selftest::kBySchedule)});
  if (changed) {
    change_.reset();
    waiting_.push_back({make_id(), std::string(selftest::kByChange), "", Wanted::Tell::news});
  }
  if (ending_ || waiting_.empty()) return std::nullopt;
  auto wanted = std::move(waiting_.front());
  waiting_.pop_front();
  running_ = wanted.id;
  return wanted;
}

void SelfTestKeeper::carry_out(const Wanted& wanted) {
  std::shared_ptr<const InForce> in_force;
  {
    const std::lock_guard lock(mutex_);
    in_force = in_force_;
  }
  selftest::Run run;
  run.id = wanted.id;
  run.by = wanted.by;
  run.time = clock_.now();
  run.lists_version = in_force->lists_version;
  run.policy = in_force->policy;
  selftest::carry_out(run, selftest::plan(in_force->basis, wanted.group, random_), probers_, ending_);
  if (!ending_) finish(run, wanted.tell);
}

/// Recorded, told, and kept for who asks.
void SelfTestKeeper::finish(const selftest::Run& run, Wanted::Tell tell) {
  auto misses = selftest::miss_lines(run);
  alerts::FailedCheck failed{run.id, selftest::summary(run), misses};
  const bool told = !run.passed() && (tell == Wanted::Tell::always || misses != told_ || !run.failure.empty());
  told_ = std::move(misses);
  if (run.passed())
    spdlog::info("self-test {}: {}, in {} ms", run.id, failed.summary, run.took.count());
  else
    spdlog::error("self-test {}: {}", run.id, failed.summary);
  for (const auto& line : failed.missed)
    spdlog::error("self-test {}: {}", run.id, line);

  const auto entries = selftest::to_entries(run);
  auto error = safeguarding_.record_check(entries, told ? &failed : nullptr);
  for (int tries = 1; !error.empty() && tries < kRecordTries && !ending_; ++tries) {
    std::this_thread::sleep_for(kRecordAgain);
    error = safeguarding_.record_check(entries, nullptr);
  }
  if (!error.empty()) spdlog::error("self-test {} is not recorded: {}", run.id, error);
  auto json = nlohmann::ordered_json::parse(selftest::to_json(run));
  json["recorded"] = error.empty();
  const std::lock_guard lock(mutex_);
  running_.clear();
  results_.emplace_back(run.id, line_of(json));
  if (results_.size() > kKeptResults) results_.pop_front();
}

std::string SelfTestKeeper::answer(const admin::Request& request, const admin::Peer& peer) {
  return request.command == admin::Command::selftest_run ? ask(request.by, request.group, peer) : result(request.id);
}

std::string SelfTestKeeper::ask(const std::string& by, const std::string& group, const admin::Peer& peer) {
  const std::lock_guard lock(mutex_);
  if (!group.empty() && !in_force_->basis.snapshot->policy.find_group(group))
    return admin::error_line("there is no group \"" + group + "\"");
  if (waiting_.size() >= kMostWaiting) return admin::error_line("too many self-tests wait");
  const auto account = account_of(peer);
  waiting_.push_back({make_id(), by.empty() ? account : by + " (account " + account + ")", group});
  wake_.notify_one();
  return line_of({{"run", waiting_.back().id}});
}

std::string SelfTestKeeper::result(const std::string& id) const {
  const std::lock_guard lock(mutex_);
  for (const auto& [run, line] : results_)
    if (run == id) return line;
  const bool waits = running_ == id || std::any_of(waiting_.begin(), waiting_.end(),
                                                   [&](const Wanted& wanted) { return wanted.id == id; });
  return waits ? line_of({{"run", id}, {"running", true}}) : admin::error_line("there is no such self-test");
}

}  // namespace breakwater::app
