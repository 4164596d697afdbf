#pragma once

#include "proxy/tls/client_hello.h"

namespace breakwater::circumvention {

/// Does the hello look like one of Tor's own to a relay? All of these hold: the server name is "www.", 4 to 25
/// characters of base32 and ".com" (tor-spec: a name made up for each connection); there is no ALPN and no greased
/// extension (RFC 8701), both of which browsers have; and the name is no word: a digit stands in it, or six
/// consonants in a row.
///
/// A simple program's connection to a site such as www.mp3tunes.com looks the same, so this alone decides nothing:
/// callers ask only where nobody has such a name, or where it is not what is dialled. Bridges with obfs4 speak no TLS,
/// and those that borrow a browser (meek, Snowflake) look like one.
bool looks_like_tor(const tls::ClientHello& hello);

}  // namespace breakwater::circumvention
