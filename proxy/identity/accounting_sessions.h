#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "proxy/identity/radius_packet.h"
#include "rules/verdict.h"

namespace breakwater::identity {

/// A session that RADIUS accounting tells of: somebody is signed in to the Wi-Fi.
struct AccountingSession {
  std::string nas;  ///< address of the RADIUS client, and what the NAS calls itself
  std::string id;   ///< Acct-Session-Id
  std::string user;
  std::optional<MacAddress> mac;
  std::vector<categories::Network> addresses;
  rules::SysSeconds since;  ///< when the person signed in
  rules::SysSeconds heard;  ///< the last Start or Interim
};

/// The sessions in progress, by Accounting-Requests in the order in which they come: cut, doubled and out of order as
/// UDP may have it. Time is a parameter. Not thread-safe.
///
/// One device, one person: a later sign-in of somebody else on a MAC or at an address ends what was before. The same
/// person may have several sessions on a MAC: with roaming the new access point's Start comes before the old one's
/// Stop. An Interim makes a session that is not known (this gateway has been away), a Stop ends one for good: what
/// still comes of it is late.
class AccountingSessions {
 public:
  static constexpr std::size_t kMaxSessions = 100'000;
  static constexpr std::size_t kMaxEnded = 100'000;  ///< that are remembered
  static constexpr std::chrono::minutes kLate{10};   ///< after its Stop nothing of a session counts for so long

  /// `client` is the address the request came from. True where who is where may have changed.
  bool apply(const AccountingRequest& request, const categories::IpAddress& client, rules::SysSeconds now);

  /// Ends those not heard of for `silence`. True where one ended.
  bool expire(rules::SysSeconds now, std::chrono::seconds silence);

  std::vector<const AccountingSession*> all() const;
  std::size_t size() const { return sessions_.size(); }

  /// JSON, for the next start.
  std::string save() const;
  /// What save() gave, in place of what is known; false, and nothing known, where it is not that.
  bool restore(std::string_view text);

 private:
  using Key = std::pair<std::string, std::string>;  ///< nas, session

  bool update(const Key& key, const AccountingRequest& request, rules::SysSeconds now);
  bool make_way(const Key& key, const AccountingSession& session, rules::SysSeconds now);
  bool end(const Key& key, rules::SysSeconds now);
  bool end_nas(const std::string& nas);

  std::map<Key, AccountingSession> sessions_;
  std::map<Key, rules::SysSeconds> ended_;  ///< those of the last kLate
};

}  // namespace breakwater::identity
