#pragma once

#include <functional>
#include <memory>

#include "proxy/admin/control_server.h"
#include "proxy/admin/pass_book.h"
#include "proxy/admin/request.h"
#include "proxy/app/clock.h"
#include "proxy/app/pass_uses.h"
#include "proxy/safeguarding/pseudonym.h"
#include "rules/engine.h"

namespace breakwater::app {

/// Passes of a running gateway: answers the control socket, and puts what is granted into the snapshot. On the server's
/// thread.
class PassKeeper {
 public:
  /// Puts a snapshot that differs in its passes alone in force on every worker.
  using Publish = std::function<void(std::shared_ptr<const rules::Snapshot>)>;
  /// What the workers saw since the last call.
  using Gather = std::function<std::vector<PassUses::Counts>()>;

  /// Answers what is no request about passes.
  using Other = std::function<std::string(const admin::Request&, const admin::Peer&)>;

  PassKeeper(net::Executor executor, std::filesystem::path state, const Clock& clock,
             const safeguarding::Pseudonyms& pseudonyms, Publish publish, Gather gather, Other other);

  /// A snapshot as it was loaded, with the passes that its policy still knows. It is the one in force from now on.
  std::shared_ptr<const rules::Snapshot> adopt(const std::shared_ptr<const rules::Snapshot>& loaded);

  /// Opens the control socket. Without one the gateway goes on; why is told.
  void start();
  void stop();

 private:
  void every_second();
  void gather();
  void publish();
  std::string answer(std::string_view line, const admin::Peer& peer);
  std::string grant(const rules::GrantRequest& request, const admin::Peer& peer);
  std::string revoke(const std::string& id, const std::string& by, const admin::Peer& peer);
  std::string list();

  const std::filesystem::path state_;
  const Clock& clock_;
  const safeguarding::Pseudonyms& pseudonyms_;
  const Publish publish_;
  const Gather gather_;
  const Other other_;
  admin::PassBook book_;
  admin::ControlServer control_;
  net::Timer second_;
  std::shared_ptr<const rules::Snapshot> in_force_;
};

}  // namespace breakwater::app
