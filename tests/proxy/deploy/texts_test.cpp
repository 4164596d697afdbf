// What the texts bring about is tried with the real programs in tests/integration/test_deploy.py and test_dns.py; here
// stands what those could not tell.

#include <gmock/gmock.h>

#include "proxy/deploy/dhcp.h"
#include "proxy/deploy/dnsmasq.h"
#include "proxy/deploy/names.h"
#include "proxy/deploy/nftables.h"
#include "proxy/deploy/unbound.h"
#include "rules/safe_search_names.h"

namespace breakwater::deploy {
namespace {

using categories::IpAddress;
using categories::Network;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

Site site() {
  Site site;
  site.interfaces = {"br0", "wlan1"};
  site.addresses = {IpAddress::parse("10.20.0.1").value(), IpAddress::parse("fd00:20::1").value()};
  site.pac_host = "gateway.centre.test";
  site.proxy_port = 3128;
  site.intercept_http_port = 3129;
  site.intercept_tls_port = 3130;
  site.made_from = {"policy.toml, SHA-256 0123456789abcdef..."};
  return site;
}

TEST(Nftables, SaysWhatItWasMadeFromAndReplacesItsTable) {
  const auto text = nftables_rules(site(), {});
  EXPECT_THAT(text, testing::StartsWith("# Breakwater: rules for the Wi-Fi, for nft(8)\n"
                                        "# Made by `breakwater deploy`: make it again rather than edit it. From\n"
                                        "#   policy.toml, SHA-256 0123456789abcdef...\n"));
  EXPECT_THAT(text,
              HasSubstr("define wifi = { \"br0\", \"wlan1\" }\ndefine proxy = 3128\ndefine proxies = { 3128 }\n"));
  EXPECT_THAT(text, HasSubstr("table inet breakwater {}\ndelete table inet breakwater\n\ntable inet breakwater {\n"));
  EXPECT_THAT(text, Not(HasSubstr("add element")));
}

TEST(Nftables, HasEachAddressOnceInItsFamily) {
  const std::vector<Network> networks{Network::parse("9.9.9.9").value(), Network::parse("2620:fe::/48").value(),
                                      Network::parse("8.8.8.0/24").value(), Network::parse("9.9.9.9").value()};
  EXPECT_THAT(nftables_elements(site(), networks),
              HasSubstr("flush set inet breakwater encrypted_dns4\nflush set inet breakwater encrypted_dns6\n"
                        "add element inet breakwater encrypted_dns4 {\n  8.8.8.0/24,\n  9.9.9.9/32\n}\n"
                        "add element inet breakwater encrypted_dns6 {\n  2620:fe::/48\n}\n"));
}

TEST(GatewayNames, IncludeWpad) {
  EXPECT_THAT(gateway_names(site()),
              ElementsAre("breakwater.internal", "wpad", "gateway.centre.test", "wpad.centre.test"));
  auto without = site();
  without.pac_host.clear();
  EXPECT_THAT(gateway_names(without), ElementsAre("breakwater.internal"));
  EXPECT_EQ(pac_url(without), "");
  EXPECT_EQ(pac_url(site()), "http://10.20.0.1:3128/wpad.dat");
  auto sixth = site();
  sixth.addresses.erase(sixth.addresses.begin());
  EXPECT_EQ(pac_url(sixth), "http://[fd00:20::1]:3128/wpad.dat");
}

TEST(SafeNames, AreThoseThatTheGatewayDials) {
  using rules::SafeSearch;
  using rules::YouTube;
  const SafeSearch levels[] = {{}, {SafeSearch::Search::off, YouTube::strict}, {SafeSearch::Search::on, YouTube::off}};
  for (const auto level : levels) {
    const auto names = rules::safe_names(level);
    EXPECT_GT(names.size(), 4U);
    for (const auto& each : names) {
      const auto host = categories::normalise_host(each.host, categories::HostSource::wire);
      ASSERT_TRUE(host) << each.host;
      EXPECT_EQ(rules::safe_name(*host, level), each.safe) << each.host;
    }
  }
  EXPECT_TRUE(rules::safe_names({SafeSearch::Search::off, YouTube::off}).empty());
}

TEST(Unbound, HasALevelForEachThatAGroupIsHeldTo) {
  rules::Policy policy;
  policy.groups.resize(3);
  policy.groups[0].networks = {Network::parse("10.20.0.0/16").value()};
  policy.groups[1].networks = {Network::parse("10.30.0.0/16").value()};
  policy.groups[1].safe_search = {rules::SafeSearch::Search::off, rules::YouTube::off};
  policy.groups[2].safe_search.youtube = rules::YouTube::strict;
  const auto files = unbound_files(site(), policy, "/etc/unbound/breakwater", {});
  ASSERT_EQ(files.size(), 3U);
  EXPECT_EQ(files[0].name, "safe-search-youtube-moderate.rpz");
  EXPECT_THAT(files[0].text, HasSubstr("\nwww.google.co.uk CNAME forcesafesearch.google.com.\n"));
  EXPECT_THAT(files[0].text, HasSubstr("\nwww.youtube.com CNAME restrictmoderate.youtube.com.\n"));
  EXPECT_EQ(files[1].name, "without_https_records.py");
  EXPECT_EQ(files[2].name, "breakwater.conf");
  EXPECT_THAT(files[2].text, HasSubstr("  access-control: 10.20.0.0/16 allow\n"
                                       "  access-control-tag: 10.20.0.0/16 \"search-youtube-moderate\"\n"
                                       "  access-control: 10.30.0.0/16 allow\n\n"));

  policy.catch_all = 2;  // everybody: but not the whole Internet
  const auto all = unbound_files(site(), policy, "/etc", "/var/lists.rpz").back().text;
  EXPECT_THAT(all, HasSubstr("  access-control-tag: fc00::/7 \"search-youtube-strict\"\n"));
  EXPECT_THAT(all, Not(HasSubstr(" 0.0.0.0/0 ")));
  EXPECT_THAT(all, HasSubstr("\nrpz:\n  name: \"breakwater-lists.rpz\"\n  zonefile: \"/var/lists.rpz\"\n"));
}

TEST(Dhcp, NamesTheGatewayOrItsResolvers) {
  EXPECT_THAT(dhcp_text(site(), DhcpServer::dnsmasq),
              HasSubstr("dhcp-option=option:router,10.20.0.1\ndhcp-option=option:dns-server,10.20.0.1\n"
                        "dhcp-option=option6:dns-server,[fd00:20::1]\n"
                        "dhcp-option=252,\"http://10.20.0.1:3128/wpad.dat\"\n"));
  auto other = site();
  other.resolvers = {IpAddress::parse("10.1.1.1").value()};
  other.pac_host.clear();
  const auto text = dhcp_text(other, DhcpServer::dnsmasq);
  EXPECT_THAT(text, HasSubstr("option:router,10.20.0.1\ndhcp-option=option:dns-server,10.1.1.1\n"));
  EXPECT_THAT(text, HasSubstr("# No PAC file: proxy.pac.host is not set.\n"));
  EXPECT_THAT(text, Not(HasSubstr("252")));
  EXPECT_THAT(text, Not(HasSubstr("option6")));
}

TEST(Dhcp, NamesTheCaptivePortalApiWhereThereIsTls) {
  EXPECT_THAT(dhcp_text(site(), DhcpServer::dnsmasq), Not(HasSubstr("dhcp-option=114")));
  auto secure = site();
  secure.tls_proxy_port = 3443;
  EXPECT_THAT(dhcp_text(secure, DhcpServer::dnsmasq),
              HasSubstr("dhcp-option=114,\"https://gateway.centre.test:3443/captive-portal\"\n"));
  EXPECT_THAT(
      dhcp_text(secure, DhcpServer::kea),
      HasSubstr(R"({ "name": "v6-captive-portal", "data": "https://gateway.centre.test:3443/captive-portal" })"));
}

TEST(Dhcp, IsWrittenForKea) {
  EXPECT_THAT(dhcp_text(site(), DhcpServer::kea), testing::EndsWith(R"({ "Dhcp4": {
  "option-def": [ { "name": "wpad", "code": 252, "type": "string" } ],
  "option-data": [
    { "name": "routers", "data": "10.20.0.1" },
    { "name": "domain-name-servers", "data": "10.20.0.1" },
    { "name": "wpad", "data": "http://10.20.0.1:3128/wpad.dat" }
  ]
},
"Dhcp6": {
  "option-data": [
    { "name": "dns-servers", "data": "fd00:20::1" }
  ]
} }
)"));
}

TEST(Dnsmasq, NamesTheGateway) {
  EXPECT_THAT(dnsmasq_text(site()), HasSubstr("host-record=wpad.centre.test,10.20.0.1,fd00:20::1\n"));
}

}  // namespace
}  // namespace breakwater::deploy
