#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace breakwater::categories {

/// How a list is written. `automatic` is told by the file's name and its first 4 KiB. `squidguard` is a folder of
/// CATEGORY/{domains,urls,expressions,keywords}; all others are one file.
enum class ListFormat : std::uint8_t {
  automatic,
  squidguard,
  domains,  ///< one domain a line, also `.x` and the wildcard `*.x`
  hosts,
  urls,
  expressions,
  keywords,
  adblock,  ///< rules for hosts alone
  rpz,
  dnsmasq,
  unbound,
  addresses,  ///< addresses and networks (CIDR)
  e2guardian,
  v2fly,  ///< `domain:`, `full:`, `regexp:`, `keyword:`, `include:`
};

/// The name that policies and reports give it: "auto", "squidguard", "domains", ...
std::string_view to_string(ListFormat format);
std::optional<ListFormat> find_list_format(std::string_view name);
/// All names, separated by ", ": for messages.
std::string list_format_names();

}  // namespace breakwater::categories
