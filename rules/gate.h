#pragma once

#include <cstdint>
#include <vector>

#include "categories/ip_address.h"

namespace breakwater::rules {

enum class Choice : std::uint8_t { block, allow };
enum class SniMismatch : std::uint8_t { judge_both, block };

/// What the settings say of CONNECT and of destinations. Safe by default.
struct Gate {
  std::vector<std::uint16_t> connect_ports{443};
  Choice no_sni = Choice::block;
  Choice not_tls = Choice::block;
  Choice malformed = Choice::block;        ///< a ClientHello that cannot be read, so that its name cannot be judged
  Choice address_literal = Choice::block;  ///< CONNECT to an address instead of a name
  SniMismatch sni_mismatch = SniMismatch::judge_both;
  std::vector<categories::Network> allow_private;  ///< test origins and the like
};

/// May this address be dialled? Public and not one of `own`, or named in `allow_private`.
bool may_dial(const Gate& gate, const categories::IpAddress& address, const std::vector<categories::IpAddress>& own);

}  // namespace breakwater::rules
