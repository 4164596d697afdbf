#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <tuple>
#include <vector>

#include "proxy/identity/accounting_sessions.h"

namespace breakwater::identity {

/// Who may send accounting, and the secret shared with it.
struct RadiusClient {
  categories::Network network;
  std::string secret;
};

/// What one gateway has been sent.
struct RadiusCounts {
  std::uint64_t requests = 0;
  std::uint64_t duplicates = 0;
  std::uint64_t refused = 0;  ///< not answered: malformed, a wrong secret, or not from a client
};

/// Answers accounting datagrams, without a socket. Not thread-safe.
class RadiusResponder {
 public:
  static constexpr std::size_t kRemembered = 65536;  ///< requests, to know a duplicate

  explicit RadiusResponder(std::vector<RadiusClient> clients);

  struct Answer {
    std::vector<std::uint8_t> response;  ///< empty: none, and `refused` says why
    std::string_view refused;
    bool changed = false;  ///< who is where may have changed
  };

  /// Takes a datagram to `sessions`. A request that came before, as its identifier and authenticator tell, is answered
  /// again and changes nothing (RFC 2866 2).
  Answer take(std::span<const std::uint8_t> datagram, const categories::IpAddress& from, std::uint16_t port,
              AccountingSessions& sessions, rules::SysSeconds now);

  const RadiusCounts& counts() const { return counts_; }

 private:
  const RadiusClient* client(const categories::IpAddress& from) const;

  std::vector<RadiusClient> clients_;  ///< the narrowest network first
  std::map<std::tuple<categories::IpAddress, std::uint16_t, std::uint8_t>, std::array<std::uint8_t, 16>> seen_;
  RadiusCounts counts_;
};

}  // namespace breakwater::identity
