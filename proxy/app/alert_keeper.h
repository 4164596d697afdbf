#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "proxy/alerts/mailer.h"
#include "proxy/app/clock.h"
#include "proxy/safeguarding/store.h"
#include "rules/policy.h"

namespace breakwater::app {

/// Tells the policy's recipients of episodes, and records that it did. Thread-safe.
class AlertKeeper {
 public:
  AlertKeeper(std::filesystem::path state, alerts::SmtpOptions server, alerts::DispatcherOptions options,
              const Clock& clock, std::shared_ptr<safeguarding::Sealer> sealer);

  /// Another policy is in force. Before the first call nobody is told; it catches up with what an end came before.
  void use(const rules::Policy& policy);
  void take(const safeguarding::Episode& episode, const safeguarding::EpisodeNames& names) {
    mailer_.take(episode, names);
  }
  void take(const alerts::FailedCheck& check) { mailer_.take(check); }
  void take(const alerts::StoreTrouble& trouble) { mailer_.take(trouble); }
  /// Is there a server to send by?
  bool sends() const { return sends_; }
  void post(const alerts::ReportMail& report) { mailer_.post(report); }
  bool knows(std::string_view key) const { return mailer_.knows(key); }

 private:
  void catch_up();
  safeguarding::Store* store();
  bool is_seen(const std::string& reference);
  void record(const alerts::Event& event);
  std::string head();

  const std::filesystem::path state_;
  const Clock& clock_;
  const bool sends_;
  bool caught_up_ = false;
  const std::shared_ptr<safeguarding::Sealer> sealer_;
  std::unique_ptr<safeguarding::Store> store_;  ///< of the mailer's hooks alone; none while it fails
  alerts::Mailer mailer_;                       ///< ends first: its hooks use the others
};

}  // namespace breakwater::app
