#include "proxy/app/device_watch.h"

#include <utility>

#include <fmt/format.h>

namespace breakwater::app {
namespace {

constexpr std::uint8_t kHost = 128;

/// From Monday to Sunday; the first days of the epoch were Thursday to Sunday.
std::int64_t week_of(rules::SysSeconds day) {
  return std::chrono::floor<std::chrono::weeks>(day + std::chrono::days(3)).time_since_epoch().count();
}

/// An upstream router stands in the neighbour table too.
bool is_client(const categories::IpAddress& address, const identity::Identity& identity, const rules::Policy& policy) {
  rules::Subject subject;
  subject.address = address;
  identity::identify(subject, &identity);
  return policy.group_of(subject) != rules::kNoGroup;
}

}  // namespace

void DeviceWatch::use(Map map) {
  const std::lock_guard lock(mutex_);
  map_ = std::move(map);
}

void DeviceWatch::use(Snapshot snapshot) {
  const std::lock_guard lock(mutex_);
  snapshot_ = std::move(snapshot);
}

std::string DeviceWatch::pseudonym_of(const identity::MacAddress& mac) const {
  return "D-" + pseudonyms_.of_host(fmt::format("device {} {}", week_of(day_), mac.to_string()));
}

void DeviceWatch::look(rules::SysSeconds now) {
  Map map;
  Snapshot snapshot;
  {
    const std::lock_guard lock(mutex_);
    map = map_;
    snapshot = snapshot_;
  }
  auto came = limit_.take_seen();
  if (!map || !snapshot) return;
  if (const rules::SysSeconds day = std::chrono::floor<std::chrono::days>(now); day != day_) {
    day_ = day;
    listed_.clear();
    active_.clear();
    unknown_.clear();
  }
  for (const auto& [network, identity] : map->entries()) {
    if (!identity.mac || network.prefix != kHost || listed_.size() >= kMostDevices) continue;
    if (listed_.contains(*identity.mac) || !is_client(network.address, identity, snapshot->policy)) continue;
    listed_.insert(*identity.mac);
    news_.listed.push_back(pseudonym_of(*identity.mac));
    if (identity.mac->is_randomised()) news_.random.push_back(news_.listed.back());
  }
  came.merge(unknown_);
  unknown_.clear();
  for (const auto& address : came) {
    const auto* known = map->find(address);
    if (!known || !known->mac) {
      if (unknown_.size() < kMostDevices) unknown_.insert(address);
    } else if (active_.size() < kMostDevices && active_.insert(*known->mac).second) {
      news_.active.push_back(pseudonym_of(*known->mac));
    }
  }
}

}  // namespace breakwater::app
