#include "proxy/deploy/dhcp.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "proxy/deploy/names.h"

namespace breakwater::deploy {
namespace {

using categories::IpAddress;

std::vector<std::string> of_family(const std::vector<IpAddress>& addresses, bool is_v4) {
  std::vector<std::string> texts;
  for (const auto& address : addresses)
    if (address.is_v4() == is_v4) texts.push_back(address.to_string());
  return texts;
}

struct Options {
  std::vector<std::string> routers;
  std::vector<std::string> dns4;
  std::vector<std::string> dns6;
  std::string pac;
  std::string portal;
};

std::string for_dnsmasq(const Options& options) {
  std::string text;
  if (!options.routers.empty()) text += fmt::format("dhcp-option=option:router,{}\n", options.routers.front());
  if (!options.dns4.empty()) text += fmt::format("dhcp-option=option:dns-server,{}\n", fmt::join(options.dns4, ","));
  if (!options.dns6.empty())
    text += fmt::format("dhcp-option=option6:dns-server,[{}]\n", fmt::join(options.dns6, "],["));
  if (!options.pac.empty()) text += fmt::format("dhcp-option=252,\"{}\"\n", options.pac);
  if (!options.portal.empty())
    text += fmt::format("dhcp-option=114,\"{0}\"\ndhcp-option=option6:103,\"{0}\"\n", options.portal);
  return text;
}

std::string option(std::string_view name, std::string_view data) {
  return fmt::format("    {{ \"name\": \"{}\", \"data\": \"{}\" }}", name, data);
}

std::string for_kea(const Options& options) {
  std::vector<std::string> data;
  if (!options.routers.empty()) data.push_back(option("routers", options.routers.front()));
  if (!options.dns4.empty())
    data.push_back(option("domain-name-servers", fmt::format("{}", fmt::join(options.dns4, ", "))));
  std::string text = "{ \"Dhcp4\": {\n";
  if (!options.pac.empty()) {
    text += R"(  "option-def": [ { "name": "wpad", "code": 252, "type": "string" } ],)"
            "\n";
    data.push_back(option("wpad", options.pac));
  }
  if (!options.portal.empty()) data.push_back(option("v4-captive-portal", options.portal));
  text += fmt::format("  \"option-data\": [\n{}\n  ]\n}}", fmt::join(data, ",\n"));
  std::vector<std::string> data6;
  if (!options.dns6.empty()) data6.push_back(option("dns-servers", fmt::format("{}", fmt::join(options.dns6, ", "))));
  if (!options.portal.empty()) data6.push_back(option("v6-captive-portal", options.portal));
  if (!data6.empty())
    text += fmt::format(",\n\"Dhcp6\": {{\n  \"option-data\": [\n{}\n  ]\n}}", fmt::join(data6, ",\n"));
  return text + " }\n";
}

}  // namespace

std::string dhcp_text(const Site& site, DhcpServer server) {
  const auto& resolvers = site.resolvers.empty() ? site.addresses : site.resolvers;
  const Options options{of_family(site.addresses, true), of_family(resolvers, true), of_family(resolvers, false),
                        pac_url(site), captive_portal_url(site)};
  const std::string comment = server == DhcpServer::kea ? "//" : "#";
  auto text = file_head(site, "Breakwater: what DHCP tells clients of the Wi-Fi", comment);
  if (options.pac.empty()) text += comment + " No PAC file: proxy.pac.host is not set.\n";
  if (options.portal.empty())
    text += comment + " No captive portal API (RFC 8908): it needs proxy.tls.listen and proxy.pac.host.\n";
  return text + (server == DhcpServer::kea ? for_kea(options) : for_dnsmasq(options));
}

}  // namespace breakwater::deploy
