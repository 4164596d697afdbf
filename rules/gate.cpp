#include "rules/gate.h"

#include <algorithm>

namespace breakwater::rules {

bool may_dial(const Gate& gate, const categories::IpAddress& address, const std::vector<categories::IpAddress>& own) {
  const bool named = std::any_of(gate.allow_private.begin(), gate.allow_private.end(),
                                 [&](const categories::Network& network) { return network.contains(address); });
  return named || (categories::is_public(address) && std::find(own.begin(), own.end(), address) == own.end());
}

}  // namespace breakwater::rules
