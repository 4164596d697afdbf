#pragma once

#include <filesystem>
#include <functional>
#include <memory>

#include "proxy/alerts/dispatcher.h"

namespace breakwater::alerts {

/// Sends the alerts, on a thread of its own at nice 5. Thread-safe.
class Mailer {
 public:
  using Now = std::function<Milliseconds()>;

  /// `state` is the gateway's: letters wait in its folder outbox. Without a server (SmtpOptions::url is "") nothing is
  /// queued. The hooks are called on the threads of this class and of who calls it, one at a time; none may throw or
  /// call back.
  Mailer(const std::filesystem::path& state, SmtpOptions server, DispatcherOptions options, Dispatcher::Hooks hooks,
         Now now);
  /// Breaks off what is being sent: it is sent again by the next run.
  ~Mailer();

  /// See Dispatcher.
  void use(const std::vector<rules::Recipient>& recipients, std::string centre, const date::time_zone& zone);
  void take(const safeguarding::Episode& episode, const safeguarding::EpisodeNames& names);
  void take(const FailedCheck& check);
  void take(const StoreTrouble& trouble);
  void post(const ReportMail& report);
  /// See Outbox::knows.
  bool knows(std::string_view key) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace breakwater::alerts
