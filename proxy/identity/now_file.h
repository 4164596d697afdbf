#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "proxy/identity/identity_map.h"
#include "rules/policy.h"

namespace breakwater::identity {

/// What `who` shows of one address.
struct Seen {
  categories::Network network;
  Identity identity;
  std::string policy_group;  ///< of the policy in force; "" where the address is in none
};

/// What the running gateway knows, as it stands in STATE/identity/now.json.
struct Now {
  rules::SysSeconds time;  ///< when it last changed
  std::vector<Seen> all;   ///< in the order of their addresses
};

inline constexpr std::string_view kNowFile = "now.json";
inline constexpr std::size_t kMaxNowBytes = 256 << 20;

/// `policy` may be nullptr: then no group is known.
std::string to_json(const IdentityMap& map, const rules::Policy* policy, rules::SysSeconds now);
std::string to_json(const Seen& seen);
/// nullopt where the text is not what to_json() gave.
std::optional<Now> parse_now(std::string_view text);

}  // namespace breakwater::identity
