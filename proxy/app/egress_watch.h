#pragma once

#include <functional>
#include <mutex>
#include <vector>

#include "proxy/deploy/nft_command.h"
#include "proxy/telemetry/counters.h"

namespace breakwater::app {

/// What the kernel has refused at the network's edge while the gateway ran: the counters of `deploy nftables`, which
/// stand at what they were since the rules were loaded. To read them takes CAP_NET_ADMIN. Thread-safe.
class EgressWatch {
 public:
  /// `list` prints the counters as nft does in JSON.
  explicit EgressWatch(std::function<deploy::NftRun()> list);

  /// Reads the counters, which costs a process. Blocks; from one thread.
  void look();
  /// Packets since the first look; empty where none has succeeded yet. Rules that were loaded anew begin at 0, and lose
  /// nothing but what came since the look before.
  std::vector<telemetry::Total> packets() const;

 private:
  const std::function<deploy::NftRun()> list_;
  std::vector<std::uint64_t> last_;
  bool told_ = false;
  mutable std::mutex mutex_;
  std::vector<telemetry::Total> sums_;  ///< under it
};

/// Asks nft.
deploy::NftRun list_counters();

}  // namespace breakwater::app
