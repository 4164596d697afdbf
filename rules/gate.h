#pragma once

#include <cstdint>
#include <vector>

#include "categories/ip_address.h"

namespace breakwater::rules {

enum class Choice : std::uint8_t { block, allow };
enum class Nameless : std::uint8_t { block, listed };
enum class SniMismatch : std::uint8_t { judge_both, block };

/// What the settings say of CONNECT, of intercepted connections and of destinations. Safe by default.
struct Gate {
  std::vector<std::uint16_t> connect_ports{443};
  Choice no_sni = Choice::block;
  Choice not_tls = Choice::block;
  Choice malformed = Choice::block;        ///< a ClientHello that cannot be read, so that its name cannot be judged
  Choice address_literal = Choice::block;  ///< CONNECT to an address instead of a name
  SniMismatch sni_mismatch = SniMismatch::judge_both;
  /// An intercepted connection that names no site but an address: `listed` lets it go there where the local allow list,
  /// the essential hosts or a pass say so, and nothing else.
  Nameless nameless = Nameless::block;
  Choice ech = Choice::block;  ///< intercepted, with a server name that covers what is asked for (rules/ech_cover.h)
  std::vector<categories::Network> allow_private;  ///< test origins and the like
};

/// May this address be dialled? Public and not one of `own`, or named in `allow_private`.
bool may_dial(const Gate& gate, const categories::IpAddress& address, const std::vector<categories::IpAddress>& own);

}  // namespace breakwater::rules
