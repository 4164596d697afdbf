#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "categories/host.h"
#include "proxy/deploy/site.h"

namespace breakwater::deploy {

/// Lines of a response policy zone (draft-vixie-dnsop-dns-rpz-00): names that a resolver answers in another way. Owners
/// are written relative to the zone, whose name the resolver gives.
class RpzWriter {
 public:
  /// `zone`: a domain that is nobody's; the longest owner is a name of the zone too, so that it must be short.
  RpzWriter(std::string& out, std::string zone) : out_(out), zone_(std::move(zone)) {}

  /// The beginning of the zone. Secondaries take a zone whose serial (RFC 1982) is greater than theirs.
  void begin(std::uint32_t serial);
  /// The host and all below it do not exist. False: the name would be too long in this zone, and nothing is written.
  bool block(const categories::Host& host) { return both(host, "."); }
  /// The host and all below it are answered as if there were no zone, unless a line says otherwise.
  bool pass(const categories::Host& host) { return both(host, "rpz-passthru."); }
  /// The host alone leads to another name.
  void lead(std::string_view host, std::string_view to) { line(host, to, "."); }

 private:
  bool both(const categories::Host& host, std::string_view action);
  void line(std::string_view owner, std::string_view target, std::string_view end);

  std::string& out_;
  std::string zone_;
};

/// Tells whether a zone can have this name: a domain of several labels or one, at most 63 bytes.
bool is_zone_name(std::string_view name);

}  // namespace breakwater::deploy
