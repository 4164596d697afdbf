// What becomes of a packet that comes from the Wi-Fi:
//
//   prerouting, mangle   arriving    false source; known DoH and DoT addresses; the interception ports by number
//   the same, after it   handed_over 80 and 443 to the gateway, in mode tproxy
//   prerouting, dstnat   redirected  DNS to the resolver; 80 and 443 to the gateway, in mode redirect
//   input, filter        to_gateway  the proxy, what was redirected, DNS, DHCP, ICMP; nothing else
//   forward, filter      passing_by  QUIC and DNS over TLS refused at once; the exceptions; nothing else
//
// The gateway's own connections come from no interface, so that none of this applies to them.

#include "proxy/deploy/nftables.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "proxy/deploy/counters.h"

namespace breakwater::deploy {
namespace {

using categories::IpAddress;
using categories::Network;

constexpr std::string_view kSetsAndArriving = R"(
  set encrypted_dns4 {
    type ipv4_addr
    flags interval
    auto-merge
  }

  set encrypted_dns6 {
    type ipv6_addr
    flags interval
    auto-merge
  }

  chain arriving {
    type filter hook prerouting priority mangle; policy accept;
    iifname != $wifi return
    ip saddr 0.0.0.0 udp dport 67 return
    ip6 saddr :: meta l4proto ipv6-icmp return
    fib saddr . iif oif missing counter name spoofed drop
    tcp dport { $http, $tls } fib daddr type local counter name intercept_port_refused drop
    ip daddr @encrypted_dns4 meta l4proto { tcp, udp } th dport != 53 goto encrypted_dns
    ip6 daddr @encrypted_dns6 meta l4proto { tcp, udp } th dport != 53 goto encrypted_dns
  }

  chain encrypted_dns {
    meta l4proto tcp counter name doh_refused reject with tcp reset
    counter name doh_refused reject with icmpx port-unreachable
  }

)";

constexpr std::string_view kBeginHandedOver = R"(  chain handed_over {
    type filter hook prerouting priority mangle + 1; policy accept;
    iifname != $wifi return
    fib daddr type local return
)";

constexpr std::string_view kBeginRedirected = R"(  chain redirected {
    type nat hook prerouting priority dstnat; policy accept;
    iifname != $wifi return
)";

constexpr std::string_view kOwnPages =
    R"(    tcp dport 80 fib daddr type local redirect to :$proxy comment "the gateway's own pages and wpad.dat"
)";

constexpr std::string_view kRedirected = R"(    fib daddr type local return
    tcp dport 80 counter name http_intercepted redirect to :$http
    tcp dport 443 counter name tls_intercepted redirect to :$tls
)";

// Every packet comes by here, so that only the first of a connection is counted. What bears the mark is routed to this
// machine: deploy/systemd/breakwater-tproxy.service.
constexpr std::string_view kHandedOver = R"(    tcp dport 80 ct state new counter name http_intercepted
    tcp dport 443 ct state new counter name tls_intercepted
    meta nfproto ipv4 tcp dport 80 tproxy ip to :$http meta mark set 0x43 accept
    meta nfproto ipv6 tcp dport 80 tproxy ip6 to :$http meta mark set 0x43 accept
    meta nfproto ipv4 tcp dport 443 tproxy ip to :$tls meta mark set 0x43 accept
    meta nfproto ipv6 tcp dport 443 tproxy ip6 to :$tls meta mark set 0x43 accept
  }

)";

constexpr std::string_view kToGateway = R"(  }

  chain to_gateway {
    type filter hook input priority filter; policy accept;
    iifname != $wifi return
    ct state established,related accept
    ct state invalid drop
    icmp type echo-request accept
    icmpv6 type { echo-request, nd-router-solicit, nd-neighbor-solicit, nd-neighbor-advert, mld-listener-report, mld-listener-done, mld2-listener-report } accept
    udp dport { 67, 547 } accept
)";

constexpr std::string_view kProxies = R"(    tcp dport $proxies counter name explicit_proxy accept
)";

constexpr std::string_view kPassingBy = R"(    counter name gateway_refused reject with icmpx admin-prohibited
  }

  chain passing_by {
    type filter hook forward priority filter; policy accept;
    iifname $wifi jump egress
    oifname $wifi ct state established,related accept
    oifname $wifi counter name inbound_refused drop
  }

  chain egress {
    udp dport 443 counter name quic_refused reject with icmpx port-unreachable
    tcp dport 853 counter name dot_refused reject with tcp reset
    udp dport 853 counter name dot_refused reject with icmpx port-unreachable
    ct state established,related accept
)";

constexpr std::string_view kEnd = R"(    counter name egress_refused reject with icmpx admin-prohibited
  }
}
)";

constexpr std::string_view kDns = "meta l4proto { tcp, udp } th dport 53";

std::string_view family(const IpAddress& address) {
  return address.is_v4() ? "ip" : "ip6";
}

/// To the gateway itself, or to a resolver elsewhere; what goes there already is not counted.
std::string redirect_dns(const Site& site) {
  if (site.resolvers.empty())
    return fmt::format("    {0} fib daddr type local return\n    {0} counter name dns_forced redirect to :53\n", kDns);
  std::string text;
  for (const auto& resolver : site.resolvers)
    text +=
        fmt::format("    {0} daddr {1} {2} return\n    meta nfproto {3} {2} counter name dns_forced dnat {0} to {1}\n",
                    family(resolver), resolver.to_string(), kDns, resolver.is_v4() ? "ipv4" : "ipv6");
  return text;
}

bool by_tproxy(const Site& site) {
  return site.interception == Site::Interception::tproxy;
}

/// Without the verdict.
std::string match(const Direct& direct) {
  return fmt::format("    {} daddr {} {} dport {}-{} ", family(direct.network.address), direct.network.to_string(),
                     to_string(direct.protocol), direct.first, direct.last);
}

std::string not_intercepted(const Site& site) {
  std::string text;
  for (const auto& direct : site.direct)
    if (direct.protocol == Direct::Protocol::tcp) text += match(direct) + "return\n";
  return text;
}

std::string exceptions(const Site& site) {
  std::string text;
  for (const auto& resolver : site.resolvers)
    text += fmt::format("    {} daddr {} {} accept\n", family(resolver), resolver.to_string(), kDns);
  for (const auto& direct : site.direct)
    text += match(direct) + "counter name direct_allowed accept\n";
  return text;
}

std::string elements(const std::vector<Network>& networks) {
  std::string text;
  for (const bool is_v4 : {true, false}) {
    std::vector<std::string> words;
    for (const auto& network : networks)
      if (network.address.is_v4() == is_v4) words.push_back(network.to_string());
    std::sort(words.begin(), words.end());
    words.erase(std::unique(words.begin(), words.end()), words.end());
    if (!words.empty())
      text += fmt::format("add element inet breakwater encrypted_dns{} {{\n  {}\n}}\n", is_v4 ? 4 : 6,
                          fmt::join(words, ",\n  "));
  }
  return text;
}

}  // namespace

std::string file_head(const Site& site, const std::string& what, const std::string& comment) {
  auto text = fmt::format("{} {}\n{} Made by `breakwater deploy`: make it again rather than edit it. From\n", comment,
                          what, comment);
  for (const auto& line : site.made_from)
    text += fmt::format("{}   {}\n", comment, line);
  return text + "\n";
}

std::string nftables_rules(const Site& site, const std::vector<Network>& encrypted_dns) {
  auto text = file_head(site, "Breakwater: rules for the Wi-Fi, for nft(8)");
  auto proxies = std::to_string(site.proxy_port);
  if (site.tls_proxy_port != 0) proxies += fmt::format(", {}", site.tls_proxy_port);
  text += fmt::format(
      "define wifi = {{ \"{}\" }}\ndefine proxy = {}\ndefine proxies = {{ {} }}\ndefine http = {}\ndefine tls = {}\n\n",
      fmt::join(site.interfaces, "\", \""), site.proxy_port, proxies, site.intercept_http_port,
      site.intercept_tls_port);
  // A table must be there to be deleted.
  text += "table inet breakwater {}\ndelete table inet breakwater\n\ntable inet breakwater {\n";
  for (const auto& counter : known_counters())
    text += fmt::format("  counter {} {{}}\n", counter.name);
  text += kSetsAndArriving;
  if (by_tproxy(site)) text.append(kBeginHandedOver).append(not_intercepted(site)).append(kHandedOver);
  text.append(kBeginRedirected).append(redirect_dns(site));
  if (!by_tproxy(site)) text += not_intercepted(site);
  text += kOwnPages;
  if (!by_tproxy(site)) text += kRedirected;
  text += kToGateway;
  if (site.resolvers.empty()) text += fmt::format("    {} accept\n", kDns);
  text.append(kProxies).append(by_tproxy(site) ? "    meta mark 0x43 tcp dport { 80, 443 } accept\n"
                                               : "    ct status dnat tcp dport { $http, $tls } accept\n");
  text.append(kPassingBy).append(exceptions(site)).append(kEnd);
  return text + "\n" + elements(encrypted_dns);
}

std::string nftables_elements(const Site& site, const std::vector<Network>& encrypted_dns) {
  return file_head(site, "Breakwater: known addresses of encrypted DNS, for nft(8)") +
         "flush set inet breakwater encrypted_dns4\nflush set inet breakwater encrypted_dns6\n" +
         elements(encrypted_dns);
}

}  // namespace breakwater::deploy
