#include "proxy/auth/pac.h"

#include <fmt/format.h>

namespace breakwater::auth {
namespace {

/// Address literals alone are compared: a look-up by isInNet() would stop the browser until the name is resolved.
constexpr std::string_view kText = R"(function FindProxyForURL(url, host) {{
  host = host.toLowerCase();
  if (isPlainHostName(host) || dnsDomainIs(host, ".localhost") || dnsDomainIs(host, ".local") || host == "{0}")
    return "DIRECT";
  var local = [{2}];
  for (var i = 0; i < local.length; i++)
    if (host == local[i] || dnsDomainIs(host, "." + local[i])) return "DIRECT";
  if (/^(127|10|192\.168|169\.254|172\.(1[6-9]|2[0-9]|3[01]))(\.[0-9]+)+$/.test(host))
    return "DIRECT";
  if (/^\[?(::1|f[cd][0-9a-f]{{2}}:[0-9a-f:]*|fe[89ab][0-9a-f]:[0-9a-f:]*)\]?$/.test(host))
    return "DIRECT";
  return "{1}";
}}
)";

}  // namespace

std::string pac_text(const PacOptions& options) {
  const auto proxy = options.tls_port != 0 ? fmt::format("HTTPS {}:{}", options.host, options.tls_port)
                                           : fmt::format("PROXY {}:{}", options.host, options.plain_port);
  std::string local;
  for (const auto& name : options.direct)
    local.append(local.empty() ? "\"" : ", \"").append(name).append("\"");
  return fmt::format(kText, options.host, proxy, local);
}

}  // namespace breakwater::auth
