#pragma once

#include <cstdint>

namespace breakwater::net {

/// How the kernel brings connections here that were on their way to somebody else: by address translation (nftables
/// `redirect`), or as they are (nftables `tproxy`).
enum class Redirection : std::uint8_t { redirect, tproxy };

}  // namespace breakwater::net
