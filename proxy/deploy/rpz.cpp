#include "proxy/deploy/rpz.h"

#include <algorithm>

#include <fmt/format.h>

namespace breakwater::deploy {
namespace {

constexpr std::size_t kMaxName = 253;  // RFC 1035 2.3.4, as text without the last dot
constexpr std::size_t kMaxZone = 63;
constexpr std::string_view kWildcard = "*.";

/// Names of the DNS may hold any byte (RFC 2181 11), a master file not (RFC 1035 5.1): what is no host name is left
/// out.
bool is_plain(std::string_view name) {
  return std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
  });
}

}  // namespace

void RpzWriter::begin(std::uint32_t serial) {
  // Nobody asks for the SOA and NS records of such a zone, but a zone has them (RFC 1035 5.2).
  out_ += fmt::format(
      "$ORIGIN {}.\n$TTL 300\n@ SOA localhost. hostmaster.localhost. {} 3600 600 604800 300\n@ NS localhost.\n", zone_,
      serial);
}

bool RpzWriter::both(const categories::Host& host, std::string_view action) {
  const auto name = host.text();
  if (host.is_literal() || !is_plain(name) || kWildcard.size() + name.size() + 1 + zone_.size() > kMaxName)
    return false;
  line(name, action, "");
  out_ += kWildcard;
  line(name, action, "");
  return true;
}

void RpzWriter::line(std::string_view owner, std::string_view target, std::string_view end) {
  out_.append(owner).append(" CNAME ").append(target).append(end).append("\n");
}

bool is_zone_name(std::string_view name) {
  const auto host = categories::normalise_host(name, categories::HostSource::wire);
  return host && !host->is_literal() && host->text() == name && name.size() <= kMaxZone && is_plain(name);
}

}  // namespace breakwater::deploy
