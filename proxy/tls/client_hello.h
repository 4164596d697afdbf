#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace breakwater::tls {

/// Five answers, none of which may stand in for another.
enum class HelloStatus : std::uint8_t {
  done,
  need_more,
  not_tls,    ///< the first bytes are no TLS handshake record
  malformed,  ///< TLS, but this is no well-formed ClientHello
  too_large,  ///< over kMaxHello handshake bytes or kMaxHelloRecords records
};
std::string_view to_string(HelloStatus status);

inline constexpr std::size_t kMaxHello = 16 * 1024;       ///< handshake bytes; post-quantum hellos are under 4 KiB
inline constexpr std::size_t kMaxHelloRecords = 64;       ///< browsers split into two at most
inline constexpr std::size_t kMaxHelloBytes = 24 * 1024;  ///< what a caller need ever buffer

enum class EchState : std::uint8_t { absent, present };  ///< GREASE and real ECH look alike (RFC 9849)

/// What a ClientHello shows (RFC 8446 4.1.2, RFC 6066 3, RFC 7301).
struct ClientHello {
  std::uint16_t record_version = 0;  ///< of the first record: an alert answers with it
  std::uint16_t legacy_version = 0;
  std::vector<std::uint16_t> extensions;  ///< types in their order
  enum class Sni : std::uint8_t { absent, present } sni_state = Sni::absent;
  std::string sni;  ///< raw bytes of the host_name entry: not yet a Host
  std::vector<std::string> alpn;
  EchState ech = EchState::absent;
};

/// Reads the ClientHello at the front of `bytes`, which is everything received so far: handshake messages may be split
/// over records at any byte. Two host_name entries, an empty one, a repeated extension or lengths that disagree are
/// malformed. `out` is meaningful only where the answer is `done`.
HelloStatus parse_client_hello(std::span<const std::uint8_t> bytes, ClientHello& out);

/// A fatal access_denied alert record (RFC 8446 6.2) in the hello's record version.
std::array<std::uint8_t, 7> access_denied_alert(std::uint16_t record_version);

}  // namespace breakwater::tls
