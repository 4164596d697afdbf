// The providers' own tables. Each offers a name whose addresses answer for the ordinary host, with its certificate, and
// leave out what is explicit:
//
//   Google      https://support.google.com/websearch/answer/186669
//               its domains: https://www.google.com/supported_domains, as of 2019-04-23; what was dropped since stays
//   YouTube     https://support.google.com/a/answer/6214622
//   Bing        https://help.bing.microsoft.com/#apex/bing/en-us/10003/0
//   DuckDuckGo  https://help.duckduckgo.com/duckduckgo-help-pages/features/safe-search/
//
// The bare domains of Google and Bing and the www. and start. of DuckDuckGo lead to the same sites.

#include "rules/safe_search.h"

#include <algorithm>
#include <array>

#include "rules/safe_search_names.h"

namespace breakwater::rules {
namespace {

constexpr std::string_view kGoogle = "forcesafesearch.google.com";

constexpr std::string_view kGoogleSuffixes =
    "ad ae al am as at az ba be bf bg bi bj bs bt by ca cat cd cf cg ch ci cl cm cn co.ao co.bw co.ck co.cr co.id "
    "co.il co.in co.jp co.ke co.kr co.ls co.ma co.mz co.nz co.th co.tz co.ug co.uk co.uz co.ve co.vi co.za co.zm co.zw "
    "com com.af com.ag com.ai com.ar com.au com.bd com.bh com.bn com.bo com.br com.bz com.co com.cu com.cy com.do "
    "com.ec com.eg com.et com.fj com.gh com.gi com.gt com.hk com.jm com.kh com.kw com.lb com.ly com.mm com.mt com.mx "
    "com.my com.na com.nf com.ng com.ni com.np com.om com.pa com.pe com.pg com.ph com.pk com.pr com.py com.qa com.sa "
    "com.sb com.sg com.sl com.sv com.tj com.tr com.tw com.ua com.uy com.vc com.vn cv cz de dj dk dm dz ee es fi fm fr "
    "ga ge gg gl gm gp gr gy hn hr ht hu ie im iq is it je jo kg ki kz la li lk lt lu lv md me mg mk ml mn ms mu mv mw "
    "ne nl no nr nu pl pn ps pt ro rs ru rw sc se sh si sk sm sn so sr st td tg tk tl tm tn to tt vg vu ws";

constexpr auto kGoogleDomains = [] {
  std::array<std::string_view, std::count(kGoogleSuffixes.begin(), kGoogleSuffixes.end(), ' ') + 1> domains;
  auto rest = kGoogleSuffixes;
  for (auto& domain : domains) {
    domain = rest.substr(0, rest.find(' '));
    rest.remove_prefix(std::min(domain.size() + 1, rest.size()));
  }
  return domains;
}();
static_assert(std::is_sorted(kGoogleDomains.begin(), kGoogleDomains.end()));

struct SearchEngine {
  std::string_view host;
  std::string_view safe;
};

constexpr SearchEngine kEngines[] = {
    {"bing.com", "strict.bing.com"},
    {"www.bing.com", "strict.bing.com"},
    {"duckduckgo.com", "safe.duckduckgo.com"},
    {"www.duckduckgo.com", "safe.duckduckgo.com"},
    {"start.duckduckgo.com", "safe.duckduckgo.com"},
};

constexpr std::string_view kYouTube[] = {
    "www.youtube.com", "m.youtube.com", "youtubei.googleapis.com", "youtube.googleapis.com", "www.youtube-nocookie.com",
};

constexpr std::string_view kWww = "www.";
constexpr std::string_view kName = "google.";

bool is_google(std::string_view host) {
  if (host.starts_with(kWww)) host.remove_prefix(kWww.size());
  if (!host.starts_with(kName)) return false;
  host.remove_prefix(kName.size());
  return std::binary_search(kGoogleDomains.begin(), kGoogleDomains.end(), host);
}

}  // namespace

std::string_view to_string(YouTube level) {
  switch (level) {
    case YouTube::off:
      return "off";
    case YouTube::moderate:
      return "moderate";
    case YouTube::strict:
      break;
  }
  return "strict";
}

std::string_view safe_name(const categories::Host& host, SafeSearch wanted) {
  const auto name = host.text();
  if (wanted.search == SafeSearch::Search::on) {
    if (is_google(name)) return kGoogle;
    for (const auto& engine : kEngines)
      if (engine.host == name) return engine.safe;
  }
  if (wanted.youtube != YouTube::off && std::find(std::begin(kYouTube), std::end(kYouTube), name) != std::end(kYouTube))
    return wanted.youtube == YouTube::strict ? "restrict.youtube.com" : "restrictmoderate.youtube.com";
  return {};
}

std::vector<SafeName> safe_names(SafeSearch wanted) {
  std::vector<SafeName> names;
  names.reserve(2 * kGoogleDomains.size() + std::size(kEngines) + std::size(kYouTube));
  const auto add = [&](const std::string& name) {
    const auto host = categories::normalise_host(name, categories::HostSource::wire);
    if (const auto safe = host ? safe_name(*host, wanted) : std::string_view(); !safe.empty())
      names.push_back({name, safe});
  };
  for (const auto domain : kGoogleDomains) {
    const auto bare = std::string(kName).append(domain);
    add(bare);
    add(std::string(kWww).append(bare));
  }
  for (const auto& engine : kEngines)
    add(std::string(engine.host));
  for (const auto host : kYouTube)
    add(std::string(host));
  std::sort(names.begin(), names.end(), [](const auto& a, const auto& b) { return a.host < b.host; });
  return names;
}

}  // namespace breakwater::rules
