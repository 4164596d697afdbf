#pragma once

#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "categories/ip_address.h"
#include "proxy/identity/mac_address.h"
#include "rules/subject.h"
#include "rules/verdict.h"

namespace breakwater::identity {

/// Who or what is at an address, and how that is known.
struct Identity {
  std::string user;  ///< the account that signed in; else the person whose device it is by the register
  std::optional<MacAddress> mac;
  std::string device;  ///< its name in the register
  rules::OwnerKind owner = rules::OwnerKind::unknown;
  std::string group;  ///< that the register names for the device
  rules::Confidence confidence = rules::Confidence::network;
  std::string source;                      ///< "proxy", "radius", "register", "dhcp", "neighbour": the one that decides
  std::string why;                         ///< which lines and sessions say so
  rules::SysSeconds since{};               ///< known from then on
  std::optional<rules::SysSeconds> until;  ///< unless it is told again; none: as long as the source says so

  /// Is it the same person on the same device, whatever says so?
  bool same_subject(const Identity& other) const;
  bool operator==(const Identity&) const = default;
};

struct NetworkHash {
  std::size_t operator()(const categories::Network& network) const;
};

/// Who is where, at one moment. Immutable; safe from any thread.
class IdentityMap {
 public:
  /// By address, or by the prefix of one session's own.
  using Entries = std::unordered_map<categories::Network, Identity, NetworkHash>;

  IdentityMap() = default;
  explicit IdentityMap(Entries entries);

  /// nullptr: nothing is known of the address but itself. One look-up for each prefix length in use, tens of
  /// nanoseconds each. Lives as long as the map.
  const Identity* find(const categories::IpAddress& address) const;
  const Entries& entries() const { return entries_; }

 private:
  Entries entries_;
  std::vector<std::uint8_t> prefixes_;  ///< the longest first
};

/// Does the subject say all that is known of its address, and no more?
bool is_identified(const rules::Subject& subject, const Identity* identity);

/// Fills in what is known of subject.address; `identity` may be nullptr. The group is for the policy to say.
void identify(rules::Subject& subject, const Identity* identity);

}  // namespace breakwater::identity
