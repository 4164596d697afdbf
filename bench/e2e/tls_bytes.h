#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace breakwater::bench {

enum class Direction { down, up };

/// A whole, well-formed TLS 1.3 ClientHello in one record, in the shape a browser sends today: SNI, ALPN, a hybrid
/// key share (which makes it about 1.5 KiB). The keys are fixed bytes; no handshake could be finished with them.
std::string make_client_hello(std::string_view host);

/// What the origin answers to any ClientHello: a ServerHello, a ChangeCipherSpec and 1 KiB of application data in
/// shape. The same bytes each time, so that the client can compare all of them.
std::string_view server_answer();

/// The application record by which a client asks the origin for an endless stream.
std::string_view stream_command(Direction direction);

/// The size on the wire of the TLS record at the front of `bytes`, or nothing while its header is not whole.
std::optional<std::size_t> record_size(std::string_view bytes);

inline constexpr std::uint8_t kHandshakeRecord = 22;
inline constexpr std::uint8_t kApplicationRecord = 23;

}  // namespace breakwater::bench
