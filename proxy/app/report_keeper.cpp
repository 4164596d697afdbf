#include "proxy/app/report_keeper.h"

#include <array>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

#include <fmt/format.h>
#include <sys/resource.h>

#include "proxy/reports/collect.h"
#include "proxy/reports/compose.h"
#include "proxy/reports/cover.h"
#include "proxy/reports/due.h"
#include "proxy/reports/pdf.h"
#include "proxy/safeguarding/store.h"

namespace breakwater::app {
namespace {

using reports::Audience;
using reports::Every;
using safeguarding::Milliseconds;
using safeguarding::Store;
using std::chrono::sys_days;
using Role = rules::Recipient::Role;

/// Requests go first.
constexpr int kGiveWay = 5;
/// Between two looks at what has come due.
constexpr std::chrono::seconds kLook{5};
/// After a failure.
constexpr std::chrono::seconds kRetry{60};
constexpr std::chrono::hours kCoverage{1};
/// Between two looks at the firewall's counters.
constexpr std::chrono::seconds kLookAtEgress{30};
/// Of these 0 says something: without a count it is not known that no packet was refused.
constexpr std::string_view kPackets = "packets.";
/// How many reports back it looks for the last one that somebody was sent.
constexpr int kLookBack = 45;

/// What it needs of a policy.
struct Plan {
  std::string centre;
  const date::time_zone* zone = nullptr;
  rules::ReportSchedule schedule;
  std::optional<rules::Timetable> working;
  std::vector<rules::Recipient> recipients;
};

Audience audience_of(Role role) {
  switch (role) {
    case Role::dsl:
    case Role::deputy:
      return Audience::dsl;
    case Role::governance:
      return Audience::governance;
    case Role::dpo:
      return Audience::dpo;
    case Role::it:
      break;
  }
  return Audience::it;
}

const rules::ReportSchedule::Roles& roles_of(Every every, const rules::ReportSchedule& schedule) {
  switch (every) {
    case Every::day:
      return schedule.daily;
    case Every::week:
      return schedule.weekly;
    case Every::month:
      break;
  }
  return schedule.monthly;
}

std::string key_of(Every every, sys_days after, const std::string& recipient) {
  return fmt::format("report|{}|{}|{}", to_string(every), after.time_since_epoch().count(), recipient);
}

struct Made {
  reports::Cover cover;
  std::string pdf;
};

}  // namespace

struct ReportKeeper::Impl {
  Impl(std::filesystem::path folder, std::shared_ptr<safeguarding::Sealer> shared, Hooks given,
       DeviceWatch& device_watch, EgressWatch& egress_watch)
      : state(std::move(folder)),
        sealer(std::move(shared)),
        hooks(std::move(given)),
        devices(device_watch),
        egress(egress_watch),
        covered_until(hooks.now()) {}

  const std::filesystem::path state;
  const std::shared_ptr<safeguarding::Sealer> sealer;
  const Hooks hooks;
  DeviceWatch& devices;
  EgressWatch& egress;

  std::mutex mutex;  // of these
  std::condition_variable wake;
  std::shared_ptr<const Plan> plan;
  bool news = false;
  bool ending = false;

  // Of the thread alone; after it has ended, of the destructor.
  std::unique_ptr<Store> store;
  Milliseconds covered_until;
  std::chrono::steady_clock::time_point next_egress;
  reports::Coverage::Counts recorded;
  Milliseconds not_before{};

  std::thread thread;

  void run() {
    ::setpriority(PRIO_PROCESS, 0, kGiveWay);  // of this thread alone
    std::unique_lock lock(mutex);
    while (!ending) {
      const auto current = plan;
      lock.unlock();
      look();
      if (hooks.now() - covered_until >= kCoverage) record_coverage();
      if (current) send_reports(*current);
      lock.lock();
      wake.wait_for(lock, kLook, [this] { return ending || std::exchange(news, false); });
    }
  }

  void look() {
    look_at_devices();
    const auto now = std::chrono::steady_clock::now();
    if (now < next_egress) return;
    next_egress = now + kLookAtEgress;
    egress.look();
  }

  void look_at_devices() { devices.look(std::chrono::floor<std::chrono::seconds>(hooks.now())); }

  bool fail(const std::string& message) {
    hooks.on_failure(message);
    store.reset();  // opened anew
    not_before = hooks.now() + kRetry;
    return false;
  }

  bool open() {
    if (store) return true;
    auto opened = Store::open(state, Store::Mode::read_write, sealer);
    if (!opened) return fail(opened.error().message);
    store = *std::move(opened);
    return true;
  }

  bool waits() const {
    const auto now = hooks.now();
    return now < not_before && not_before - now <= kRetry;  // a clock that was set back does not hold it up
  }

  void record_coverage() {
    const auto now = hooks.now();
    if (waits() || !open()) return;
    look_at_devices();
    egress.look();
    const auto counts = hooks.counts();
    reports::Coverage coverage{std::min(covered_until, now), now, {}, devices.news()};
    for (const auto& [name, value] : counts)
      if (const auto before = recorded[name]; value > before || name.starts_with(kPackets))
        coverage.counts[name] = value - before;
    const std::array entries{reports::to_entry(coverage)};
    if (const auto error = store->append(entries)) {
      fail(error->message);
      return;
    }
    covered_until = now;
    recorded = counts;
    devices.told();
  }

  // ---- reports -----------------------------------------------------------------------------------------------------

  void send_reports(const Plan& current) {
    for (const auto every : {Every::day, Every::week, Every::month})
      if (!waits()) send_reports(every, current);
  }

  std::optional<reports::Due> last_due(Every every, const Plan& current, rules::SysSeconds now) const {
    const auto* working = current.working ? &*current.working : nullptr;
    return reports::last_due(every, current.schedule, working, now, *current.zone);
  }

  void send_reports(Every every, const Plan& current) {
    const auto& roles = roles_of(every, current.schedule);
    if (roles.empty()) return;
    const auto due = last_due(every, current, std::chrono::floor<std::chrono::seconds>(hooks.now()));
    if (!due) return;
    std::map<std::pair<Audience, sys_days>, Made> made;  // the same report goes to several
    for (const auto& to : current.recipients) {
      const auto key = key_of(every, due->after, to.name);
      if (std::count(roles.begin(), roles.end(), to.role) == 0 || hooks.is_known(key)) continue;
      const auto audience = audience_of(to.role);
      const auto first = first_day(every, *due, to.name, current);
      auto& report = made[{audience, first}];
      if (report.pdf.empty() && !make(audience, first, due->after, current, report)) return;
      if (report.pdf.empty()) continue;
      hooks.post({key,
                  to.name,
                  report.cover.subject,
                  report.cover.text,
                  report.cover.with_report,
                  {report.cover.file + ".pdf", "application/pdf", report.pdf}});
    }
  }

  /// The report begins where the last one ended that this recipient was sent: what was missed is told with it.
  sys_days first_day(Every every, const reports::Due& due, const std::string& recipient, const Plan& current) const {
    auto before = std::optional(due);
    for (int i = 0; i < kLookBack && before; ++i) {
      before = last_due(every, current, before->at - std::chrono::seconds(1));
      if (before && hooks.is_known(key_of(every, before->after, recipient))) return before->after;
    }
    return due.first;
  }

  /// False where something failed, which has been told. Of a time before the first record nothing is made.
  bool make(Audience audience, sys_days first, sys_days after, const Plan& current, Made& made) {
    if (!open()) return false;
    const auto now = hooks.now();
    const auto period = reports::period_of(first, after, *current.zone);
    bool is_before = true;
    if (const auto error = store->each({.up_to = 1}, [&](const auto& one) { is_before = one.time >= period.until; }))
      return fail(error->message);
    if (is_before) return true;
    if (const auto head = store->sign_head(now); !head) return fail(head.error().message);
    const reports::Wanted wanted{current.centre,
                                 current.zone,
                                 audience,
                                 period.span,
                                 period.from,
                                 period.until,
                                 std::chrono::floor<std::chrono::seconds>(now)};
    const auto report = reports::collect(*store, wanted);
    if (!report) return fail(report.error().message);
    auto pdf = reports::to_pdf(reports::compose(*report));
    if (!pdf) return fail(pdf.error().message);
    made = {reports::cover_of(*report), *std::move(pdf)};
    return true;
  }
};

ReportKeeper::ReportKeeper(std::filesystem::path state, std::shared_ptr<safeguarding::Sealer> sealer, Hooks hooks,
                           DeviceWatch& devices, EgressWatch& egress)
    : impl_(std::make_unique<Impl>(std::move(state), std::move(sealer), std::move(hooks), devices, egress)) {
  impl_->thread = std::thread([impl = impl_.get()] { impl->run(); });
}

ReportKeeper::~ReportKeeper() {
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->ending = true;
  }
  impl_->wake.notify_one();
  impl_->thread.join();
  impl_->record_coverage();
}

void ReportKeeper::use(const rules::Policy& policy) {
  auto plan = std::make_shared<Plan>();
  plan->centre = policy.centre;
  plan->zone = policy.zone;
  plan->schedule = policy.reports;
  plan->recipients = policy.recipients;
  if (policy.reports.working_days) plan->working = policy.timetables[*policy.reports.working_days];
  const std::lock_guard lock(impl_->mutex);
  impl_->plan = std::move(plan);
  impl_->news = true;
  impl_->wake.notify_one();
}

}  // namespace breakwater::app
