#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "proxy/alerts/dispatcher.h"
#include "proxy/app/clock.h"
#include "proxy/app/device_watch.h"
#include "proxy/app/egress_watch.h"
#include "proxy/reports/coverage.h"
#include "proxy/safeguarding/sealer.h"
#include "rules/policy.h"

namespace breakwater::app {

/// Makes the reports of the policy's schedule, and records each hour and at the end what the gateway did. On a thread
/// of its own at nice 5, with a store of its own.
class ReportKeeper {
 public:
  /// Called on its thread and, at the end, on that of the destructor. None may throw.
  struct Hooks {
    std::function<Clock::Milliseconds()> now;
    std::function<reports::Coverage::Counts()> counts;   ///< since the start
    std::function<bool(std::string_view key)> is_known;  ///< was a report with this key queued?
    std::function<void(const alerts::ReportMail&)> post;
    std::function<void(const std::string& message)> on_failure;  ///< it tries again
  };
  /// The watches stay until the end, and are nobody else's to look.
  ReportKeeper(std::filesystem::path state, std::shared_ptr<safeguarding::Sealer> sealer, Hooks hooks,
               DeviceWatch& devices, EgressWatch& egress);
  ~ReportKeeper();

  /// From any thread: another policy is in force. Before the first call no report is made.
  void use(const rules::Policy& policy);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace breakwater::app
