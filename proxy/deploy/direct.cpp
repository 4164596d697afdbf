#include "proxy/deploy/direct.h"

#include <charconv>

namespace breakwater::deploy {
namespace {

std::optional<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, port);
  if (error != std::errc() || rest != end || port == 0) return std::nullopt;
  return port;
}

}  // namespace

std::string_view to_string(Direct::Protocol protocol) {
  return protocol == Direct::Protocol::tcp ? "tcp" : "udp";
}

std::optional<Direct> parse_direct(std::string_view text) {
  Direct direct;
  if (text.starts_with("udp/"))
    direct.protocol = Direct::Protocol::udp;
  else if (!text.starts_with("tcp/"))
    return std::nullopt;
  text.remove_prefix(4);
  const auto space = text.find(' ');
  if (space == std::string_view::npos) return std::nullopt;
  const auto ports = text.substr(0, space);
  const auto dash = ports.find('-');
  const auto first = parse_port(ports.substr(0, dash));
  const auto last = dash == std::string_view::npos ? first : parse_port(ports.substr(dash + 1));
  const auto network = categories::Network::parse(text.substr(space + 1));
  if (!first || !last || *last < *first || !network) return std::nullopt;
  direct.first = *first;
  direct.last = *last;
  direct.network = *network;
  return direct;
}

}  // namespace breakwater::deploy
