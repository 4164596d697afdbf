#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "rules/verdict.h"

namespace breakwater::circumvention {

/// What a client says first where TLS, or HTTP, is due.
struct FirstWords {
  enum class Hearing : std::uint8_t {
    unknown,    ///< nothing that is known here, nor ever will be
    need_more,  ///< so far the beginning of something known
    known,
  } hearing = Hearing::unknown;
  rules::Reason reason = rules::Reason::not_tls;  ///< of tunnel_kinds() where it is known
  std::string_view name{};                        ///< "SSH", "SOCKS 5"; lasts for ever
};

/// How many bytes are looked at, so that a caller need not buffer more.
inline constexpr std::size_t kMostFirstWords = 64;

/// Names the protocol of a client by its first bytes, which are everything received so far. What answers `unknown` or
/// `known` answers the same with more bytes. Protocols made to look like nothing (obfs4, Shadowsocks, tls-crypt of
/// OpenVPN's later packets) are unknown, and those in which the server speaks first and the client waits say nothing.
FirstWords name_first_words(std::span<const std::uint8_t> bytes);

}  // namespace breakwater::circumvention
