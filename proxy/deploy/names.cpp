#include "proxy/deploy/names.h"

#include <algorithm>

#include <fmt/format.h>

namespace breakwater::deploy {
namespace {

constexpr std::string_view kCanaries[] = {
    "use-application-dns.net",
    "mask.icloud.com",
    "mask-h2.icloud.com",
    "resolver.arpa",
};

constexpr std::string_view kPrivate[] = {
    "0.0.0.0/8",      "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
    "192.168.0.0/16", "::1/128",    "fc00::/7",      "fe80::/10",   "::ffff:0:0/96",
};

}  // namespace

std::span<const std::string_view> canary_names() {
  return kCanaries;
}

std::span<const std::string_view> private_networks() {
  return kPrivate;
}

std::vector<std::string> gateway_names(const Site& site) {
  std::vector<std::string> names{"breakwater.internal"};
  if (site.pac_host.empty()) return names;
  names.emplace_back("wpad");
  const auto dot = site.pac_host.find('.');
  if (dot == std::string::npos) return names;
  names.push_back(site.pac_host);
  names.push_back("wpad" + site.pac_host.substr(dot));
  return names;
}

std::string captive_portal_url(const Site& site) {
  if (site.pac_host.empty() || site.tls_proxy_port == 0) return {};
  return fmt::format("https://{}:{}/captive-portal", site.pac_host, site.tls_proxy_port);
}

std::string pac_url(const Site& site) {
  if (site.pac_host.empty() || site.addresses.empty()) return {};
  const auto v4 = std::find_if(site.addresses.begin(), site.addresses.end(), [](const auto& a) { return a.is_v4(); });
  if (v4 == site.addresses.end())
    return fmt::format("http://[{}]:{}/wpad.dat", site.addresses.front().to_string(), site.proxy_port);
  return fmt::format("http://{}:{}/wpad.dat", v4->to_string(), site.proxy_port);
}

}  // namespace breakwater::deploy
