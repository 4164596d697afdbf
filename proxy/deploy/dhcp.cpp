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
};

std::string for_dnsmasq(const Options& options) {
  std::string text;
  if (!options.routers.empty()) text += fmt::format("dhcp-option=option:router,{}\n", options.routers.front());
  if (!options.dns4.empty()) text += fmt::format("dhcp-option=option:dns-server,{}\n", fmt::join(options.dns4, ","));
  if (!options.dns6.empty())
    text += fmt::format("dhcp-option=option6:dns-server,[{}]\n", fmt::join(options.dns6, "],["));
  if (!options.pac.empty()) text += fmt::format("dhcp-option=252,\"{}\"\n", options.pac);
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
  text += fmt::format("  \"option-data\": [\n{}\n  ]\n}}", fmt::join(data, ",\n"));
  if (!options.dns6.empty())
    text += fmt::format(",\n\"Dhcp6\": {{\n  \"option-data\": [\n{}\n  ]\n}}",
                        option("dns-servers", fmt::format("{}", fmt::join(options.dns6, ", "))));
  return text + " }\n";
}

}  // namespace

std::string dhcp_text(const Site& site, DhcpServer server) {
  const auto& resolvers = site.resolvers.empty() ? site.addresses : site.resolvers;
  const Options options{of_family(site.addresses, true), of_family(resolvers, true), of_family(resolvers, false),
                        pac_url(site)};
  const std::string comment = server == DhcpServer::kea ? "//" : "#";
  auto text = file_head(site, "Breakwater: what DHCP tells clients of the Wi-Fi", comment);
  if (options.pac.empty()) text += comment + " No PAC file: proxy.pac.host is not set.\n";
  text += comment + " Option 114 (RFC 8910) is not given: the gateway has no captive portal API (RFC 8908).\n";
  return text + (server == DhcpServer::kea ? for_kea(options) : for_dnsmasq(options));
}

}  // namespace breakwater::deploy
