#include "rules/verdict.h"

namespace breakwater::rules {

std::string_view to_string(Action action) {
  return action == Action::allow ? "allow" : "block";
}

std::string_view to_string(Reason reason) {
  switch (reason) {
    case Reason::malformed:
      return "malformed";
    case Reason::floor:
      return "floor";
    case Reason::essential:
      return "essential";
    case Reason::allow_list:
      return "allow_list";
    case Reason::pass:
      return "pass";
    case Reason::quota:
      return "quota";
    case Reason::rule:
      return "rule";
    case Reason::group_default:
      return "default";
    case Reason::unknown_client:
      return "unknown_client";
    case Reason::not_tls:
      return "not_tls";
    case Reason::no_sni:
      return "no_sni";
    case Reason::sni:
      return "sni";
    case Reason::ech:
      return "ech";
    case Reason::not_http:
      return "not_http";
    case Reason::no_host:
      return "no_host";
    case Reason::silent:
      return "silent";
    case Reason::plain_http:
      return "plain_http";
    case Reason::nested_proxy:
      return "nested_proxy";
    case Reason::ssh:
      return "ssh";
    case Reason::socks:
      return "socks";
    case Reason::openvpn:
      return "openvpn";
    case Reason::wireguard:
      return "wireguard";
    case Reason::sstp:
      return "sstp";
    case Reason::remote_desktop:
      return "remote_desktop";
    case Reason::bittorrent:
      return "bittorrent";
    case Reason::chat_protocol:
      return "chat_protocol";
    case Reason::tor:
      return "tor";
    case Reason::dot:
      return "dot";
    case Reason::loop:
      return "loop";
    case Reason::address_literal:
      return "address_literal";
    case Reason::private_destination:
      return "private_destination";
    case Reason::port:
      return "port";
    case Reason::sign_in:
      return "sign_in";
    case Reason::acceptance:
      return "acceptance";
    case Reason::portal:
      return "portal";
    case Reason::engine_error:
      break;
  }
  return "engine_error";
}

std::string_view to_string(Concern concern) {
  switch (concern) {
    case Concern::none:
      return "none";
    case Concern::notice:
      return "notice";
    case Concern::warning:
      return "warning";
    case Concern::danger:
      break;
  }
  return "danger";
}

}  // namespace breakwater::rules
