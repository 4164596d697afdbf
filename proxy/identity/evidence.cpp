#include "proxy/identity/evidence.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

namespace breakwater::identity {
namespace {

using categories::IpAddress;
using categories::Network;

constexpr std::uint8_t kWhole = 128;

void append(std::string& why, std::string_view reason) {
  if (!why.empty()) why += "; ";
  why += reason;
}

class Merger {
 public:
  Merger(const Evidence& evidence, rules::SysSeconds now) : evidence_(evidence), now_(now) {
    for (const auto* session : evidence.sessions.all()) {
      if (session->mac) take_later(by_mac_[*session->mac], session);
      for (const auto& network : session->addresses) {
        const auto [claim, fresh] = by_address_.try_emplace(network, session);
        // One prefix for everybody is the network's, not a session's own.
        if (!fresh && network.prefix != kWhole && claim->second != nullptr && claim->second->user != session->user)
          claim->second = nullptr;
        else if (!fresh && claim->second != nullptr)
          take_later(claim->second, session);
      }
    }
  }

  IdentityMap::Entries merge() {
    for (const auto& [address, mac] : evidence_.neighbours)
      see(address, mac, "neighbour", "neighbour table");
    for (const auto& leases : evidence_.leases)
      for (const auto& [address, lease] : leases) {
        if (lease.until && *lease.until <= now_) continue;
        if (see(address, lease.mac, "dhcp", "lease " + lease.where)) entries_[{address, kWhole}].until = lease.until;
      }
    for (const auto& [network, session] : by_address_)
      if (session) claim(network, *session);
    for (const auto& each : evidence_.sign_ins)
      if (const auto mac = entries_[{each.address, kWhole}].mac) take_later(proxy_by_mac_[*mac], &each);
    for (auto& [network, identity] : entries_)
      name(identity);
    for (const auto& each : evidence_.sign_ins)
      sign_in(entries_[{each.address, kWhole}], each);
    return std::move(entries_);
  }

 private:
  template <class SignIn>
  static void take_later(const SignIn*& known, const SignIn* other) {
    if (!known || known->since < other->since) known = other;
  }

  bool see(const IpAddress& address, const MacAddress& mac, std::string_view source, std::string_view why) {
    const auto [entry, fresh] = entries_.try_emplace(Network{address, kWhole});
    if (!fresh) return false;
    entry->second.mac = mac;
    entry->second.source = source;
    entry->second.why = why;
    return true;
  }

  void claim(const Network& network, const AccountingSession& session) {
    const auto [entry, fresh] = entries_.try_emplace(network);
    auto& identity = entry->second;
    if (!fresh && identity.mac && session.mac && identity.mac != session.mac) return;
    if (!identity.mac) identity.mac = session.mac;
    sign_in(identity, session);
  }

  static void sign_in(Identity& identity, const AccountingSession& session) {
    identity.source = "radius";
    identity.since = session.since;
    append(identity.why, fmt::format("RADIUS session {} of {}", session.id, session.nas));
    if (session.user.empty()) return;
    identity.user = session.user;
    identity.confidence = rules::Confidence::account;
  }

  static void sign_in(Identity& identity, const SignIns::SignIn& at) {
    if (identity.confidence == rules::Confidence::account && identity.since >= at.since) return;
    identity.source = "proxy";
    identity.since = at.since;
    append(identity.why, "signed in to the proxy");
    identity.user = at.user;
    identity.confidence = rules::Confidence::account;
  }

  /// What is known of the MAC: who signed in on it, and what the register says of it.
  void name(Identity& identity) {
    if (!identity.mac) return;
    const auto session = by_mac_.find(*identity.mac);
    if (session != by_mac_.end() && identity.source != "radius") sign_in(identity, *session->second);
    if (const auto at = proxy_by_mac_.find(*identity.mac); at != proxy_by_mac_.end()) sign_in(identity, *at->second);
    const auto* device = evidence_.devices.find(*identity.mac);
    if (!device) return;
    identity.device = device->name;
    identity.owner = device->owner;
    identity.group = device->group;
    append(identity.why, fmt::format("{}:{}", evidence_.devices_name, device->line));
    if (identity.confidence == rules::Confidence::account) return;
    identity.user = device->person;
    identity.confidence = rules::Confidence::device;
    identity.source = "register";
  }

  const Evidence& evidence_;
  const rules::SysSeconds now_;
  std::map<MacAddress, const AccountingSession*> by_mac_;
  std::map<Network, const AccountingSession*> by_address_;
  std::map<MacAddress, const SignIns::SignIn*> proxy_by_mac_;
  IdentityMap::Entries entries_;
};

}  // namespace

IdentityMap merge(const Evidence& evidence, const IdentityMap& before, rules::SysSeconds now) {
  auto entries = Merger(evidence, now).merge();
  for (auto& [network, identity] : entries) {
    const auto known = before.entries().find(network);
    if (known != before.entries().end() && known->second.same_subject(identity) && known->second.mac == identity.mac)
      identity.since = known->second.since;
    else if (identity.since == rules::SysSeconds())
      identity.since = now;
  }
  return IdentityMap(std::move(entries));
}

std::optional<rules::SysSeconds> next_end(const Evidence& evidence, rules::SysSeconds now) {
  std::optional<rules::SysSeconds> next;
  for (const auto& leases : evidence.leases)
    for (const auto& [address, lease] : leases)
      if (lease.until && *lease.until > now && (!next || *lease.until < *next)) next = lease.until;
  return next;
}

}  // namespace breakwater::identity
