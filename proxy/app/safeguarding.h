#pragma once

#include <atomic>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "proxy/app/alert_keeper.h"
#include "proxy/app/clock.h"
#include "proxy/app/device_watch.h"
#include "proxy/app/egress_watch.h"
#include "proxy/app/report_keeper.h"
#include "proxy/app/store_watch.h"
#include "proxy/safeguarding/desk.h"
#include "proxy/safeguarding/forward.h"
#include "proxy/safeguarding/pseudonym.h"
#include "proxy/safeguarding/recorder.h"
#include "proxy/safeguarding/retention.h"
#include "proxy/snapshot/settings.h"
#include "proxy/telemetry/access_log.h"
#include "rules/policy.h"

namespace breakwater::app {

class Worker;

/// What becomes of attempts: they are recorded, put together as episodes, and told of. Lives longer than the workers
/// run, and ends before they are gone.
class Safeguarding {
 public:
  using Workers = std::span<const std::unique_ptr<Worker>>;

  /// Throws std::runtime_error where there can be no pseudonyms.
  Safeguarding(std::filesystem::path state, const snapshot::Settings& settings, const Clock& clock,
               telemetry::AccessLog& log);
  ~Safeguarding();

  safeguarding::Recorder& recorder() { return *recorder_; }
  /// After start(); nullptr: there is no central store.
  const safeguarding::Forwarder* forwarder() const { return forwarder_.get(); }
  const safeguarding::Pseudonyms& pseudonyms() const { return pseudonyms_; }

  /// Once there is a policy, and before the workers run; they and the watches must stay until stop().
  void start(const rules::Policy& policy, Workers workers, DeviceWatch& devices, EgressWatch& egress);
  /// Records what a self-test found, and tells of it where it failed. On disk when it returns ""; else why not. Blocks.
  std::string record_check(std::span<const safeguarding::Entry> entries, const alerts::FailedCheck* failed);

  /// Another policy is in force.
  void use(const rules::Policy& policy);
  /// The workers have ended: writes what is left.
  void stop();

 private:
  void start_reports(const rules::Policy& policy, DeviceWatch& devices, EgressWatch& egress);
  reports::Coverage::Counts counts() const;
  std::vector<safeguarding::Visit> context(const std::string& person, Clock::Milliseconds from,
                                           Clock::Milliseconds until) const;

  const std::filesystem::path state_;
  const snapshot::Settings& settings_;
  const Clock& clock_;
  telemetry::AccessLog& log_;
  const safeguarding::Pseudonyms pseudonyms_;
  Workers workers_;
  EgressWatch* egress_ = nullptr;  ///< while there are workers
  std::atomic<bool> ending_ = false;
  std::shared_ptr<safeguarding::Sealer> sealer_;
  AlertKeeper alerts_;
  std::unique_ptr<safeguarding::Desk> desk_;  ///< ends before the alerts: it hands to them
  std::unique_ptr<safeguarding::RetentionKeeper> retention_;
  std::unique_ptr<ReportKeeper> reports_;
  std::unique_ptr<safeguarding::Forwarder> forwarder_;  ///< none: there is no central store
  std::unique_ptr<safeguarding::Recorder> recorder_;    ///< ends early: it hands to the desk
  std::unique_ptr<StoreWatch> store_watch_;             ///< ends first: it looks at the recorder
};

}  // namespace breakwater::app
