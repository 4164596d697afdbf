#include "proxy/portal/probes.h"

#include <algorithm>
#include <iterator>

namespace breakwater::portal {
namespace {

constexpr std::string_view kHtml = "Content-Type: text/html\r\n";
constexpr std::string_view kText = "Content-Type: text/plain\r\n";
constexpr std::string_view kApple = "<HTML><HEAD><TITLE>Success</TITLE></HEAD><BODY>Success</BODY></HTML>\n";
constexpr std::string_view kConnectTest = "Microsoft Connect Test";
constexpr std::string_view kRedirect = "Location: http://go.microsoft.com/fwlink/?LinkID=219472&clcid=0x409\r\n";

constexpr Probe kProbes[] = {
    // Apple, Captive Network Assistant of iOS and macOS (support.apple.com, "Use Apple products on enterprise
    // networks")
    {"captive.apple.com", "/", 200, kHtml, kApple},
    {"captive.apple.com", "/hotspot-detect.html", 200, kHtml, kApple},
    {"www.apple.com", "/library/test/success.html", 200, kHtml, kApple},
    // Android and ChromeOS (AOSP packages/modules/NetworkStack, config_captive_portal_http_urls)
    {"connectivitycheck.gstatic.com", "/generate_204", 204, "", ""},
    {"connectivitycheck.android.com", "/generate_204", 204, "", ""},
    {"clients3.google.com", "/generate_204", 204, "", ""},
    {"www.google.com", "/gen_204", 204, "", ""},
    {"play.googleapis.com", "/generate_204", 204, "", ""},
    // Windows, Network Connectivity Status Indicator (learn.microsoft.com, "NCSI overview")
    {"www.msftconnecttest.com", "/connecttest.txt", 200, kText, kConnectTest},
    {"ipv6.msftconnecttest.com", "/connecttest.txt", 200, kText, kConnectTest},
    {"www.msftconnecttest.com", "/redirect", 302, kRedirect, ""},
    {"www.msftncsi.com", "/ncsi.txt", 200, kText, "Microsoft NCSI"},
    // Firefox (modules/libpref/init/all.js, captivedetect.canonicalURL and network.connectivity-service.IPv4.url)
    {"detectportal.firefox.com", "/canonical.html", 200, kHtml,
     R"(<meta http-equiv="refresh" content="0;url=https://support.mozilla.org/kb/captive-portal"/>)"},
    {"detectportal.firefox.com", "/success.txt", 200, kText, "success\n"},
};

}  // namespace

const Probe* find_probe(std::string_view host, std::string_view path) {
  path = path.substr(0, path.find('?'));
  const auto* found =
      std::ranges::find_if(kProbes, [&](const Probe& each) { return each.host == host && each.path == path; });
  return found == std::end(kProbes) ? nullptr : found;
}

}  // namespace breakwater::portal
