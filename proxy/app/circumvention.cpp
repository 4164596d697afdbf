// What is not what it should be: in a tunnel, on the way to a web server, behind a server name.

#include "rules/circumvention.h"

#include <algorithm>

#include "proxy/app/session.h"
#include "proxy/app/worker.h"
#include "proxy/circumvention/first_words.h"
#include "rules/ech_cover.h"

namespace breakwater::app {
namespace {

constexpr std::uint16_t kEsni = 0xffce;  ///< draft-ietf-tls-esni-02: no client ever sent a greased one

}  // namespace

std::span<const std::uint8_t> Session::received() {
  const auto bytes = client_.received_bytes();
  return {reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()};
}

/// What the client speaks, where that is known by its first words.
Session::Nameless Session::name_speech(Nameless otherwise) {
  const auto words = circumvention::name_first_words(received());
  return words.hearing == circumvention::FirstWords::Hearing::known ? Nameless{words.reason, words.name} : otherwise;
}

/// Does the hello lead elsewhere than to the site that it names in clear?
std::optional<Session::Nameless> Session::find_hidden_name(const tls::ClientHello& hello, const categories::Host& name,
                                                           const rules::Gate& gate) {
  const auto has = [](const auto& range, const auto& value) {
    return std::find(range.begin(), range.end(), value) != range.end();
  };
  if (has(hello.alpn, "dot")) return Nameless{rules::Reason::dot, "DNS over TLS"};  // as IANA has it for RFC 7858
  if (gate.ech == rules::Choice::allow || hello.ech == tls::EchState::absent) return std::nullopt;
  if (has(hello.extensions, kEsni)) return Nameless{rules::Reason::ech, "another server name is encrypted (ESNI)"};
  if (rules::is_ech_cover(name)) return Nameless{rules::Reason::ech, "the server name covers another one"};
  return std::nullopt;
}

/// A request that asks for no site: another proxy's on its way there, or a VPN's.
std::optional<Session::Nameless> Session::find_way_round(const http::RequestHead& head) const {
  if (interception_ && head.is("CONNECT")) return Nameless{rules::Reason::nested_proxy, "CONNECT of another proxy"};
  if (head.is("SSTP_DUPLEX_POST")) return Nameless{rules::Reason::sstp, "SSTP"};
  return std::nullopt;
}

void Session::refuse_for(const Nameless& why) {
  tx_.verdict = tx_.engine->refuse(why.reason, subject_, worker_.services().clock.seconds());
  tx_.detail = why.detail;
}

}  // namespace breakwater::app
