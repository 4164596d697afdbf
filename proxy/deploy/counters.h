#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace breakwater::deploy {

/// A named counter of the table `inet breakwater`.
struct KnownCounter {
  std::string_view name;
  std::string_view meaning;
};
std::span<const KnownCounter> known_counters();

/// What a counter stands at since the rules were loaded.
struct CounterValue {
  std::string name;
  std::uint64_t packets = 0;  ///< of http_intercepted, tls_intercepted, dns_forced and explicit_proxy: connections
  std::uint64_t bytes = 0;
};

/// Reads what `nft -j list counters table inet breakwater` prints; in the order of known_counters(). Where the text is
/// not that, or a counter is missing or stands there twice, the answer is empty and `error` says why. Counters that
/// somebody else added are passed over.
std::vector<CounterValue> parse_counters(std::string_view json, std::string& error);

}  // namespace breakwater::deploy
