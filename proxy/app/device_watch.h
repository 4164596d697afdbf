#pragma once

#include <memory>
#include <mutex>
#include <set>
#include <unordered_set>

#include "proxy/app/connection_limit.h"
#include "proxy/identity/identity_map.h"
#include "proxy/reports/coverage.h"
#include "proxy/safeguarding/pseudonym.h"
#include "rules/engine.h"

namespace breakwater::app {

/// Which devices are on the clients' networks, by leases, neighbours and RADIUS, and which of them come to the gateway:
/// one that never does goes by it, or sleeps. Each is told once a UTC day, by a pseudonym of its MAC that is another
/// each week, so that nobody is followed for longer. use() may be called from any thread, all else from one.
class DeviceWatch {
 public:
  using Map = std::shared_ptr<const identity::IdentityMap>;
  using Snapshot = std::shared_ptr<const rules::Snapshot>;
  /// In a day; more are not told of.
  static constexpr std::size_t kMostDevices = 8192;

  DeviceWatch(ConnectionLimit& limit, const safeguarding::Pseudonyms& pseudonyms)
      : limit_(limit), pseudonyms_(pseudonyms) {}

  void use(Map map);
  void use(Snapshot snapshot);

  /// Takes in who is there and who has come; every few seconds, since an address may soon be another device's.
  void look(rules::SysSeconds now);
  /// What is new since told().
  const reports::Coverage::Devices& news() const { return news_; }
  void told() { news_ = {}; }

 private:
  std::string pseudonym_of(const identity::MacAddress& mac) const;

  ConnectionLimit& limit_;
  const safeguarding::Pseudonyms& pseudonyms_;
  std::mutex mutex_;  ///< of map_ and snapshot_
  Map map_;
  Snapshot snapshot_;
  rules::SysSeconds day_{};
  std::set<identity::MacAddress> listed_;  ///< this day
  std::set<identity::MacAddress> active_;
  ConnectionLimit::Clients unknown_;  ///< came, and no MAC is known of them yet
  reports::Coverage::Devices news_;
};

}  // namespace breakwater::app
