#include "rules/safe_search.h"

#include <sstream>

#include <gtest/gtest.h>

#include "tests/rules/engine_fixture.h"

namespace breakwater::rules {
namespace {

constexpr SafeSearch kNothing{SafeSearch::Search::off, YouTube::off};
constexpr SafeSearch kSearchAlone{SafeSearch::Search::on, YouTube::off};
constexpr SafeSearch kModerateAlone{SafeSearch::Search::off, YouTube::moderate};
constexpr SafeSearch kStrict{SafeSearch::Search::on, YouTube::strict};

std::string_view dialled(std::string_view name, SafeSearch wanted = {}) {
  const auto host = categories::normalise_host(name, categories::HostSource::wire);
  EXPECT_TRUE(host) << name;
  return host ? safe_name(*host, wanted) : "?";
}

/// In the order in which Google publishes them.
constexpr const char* kPublished =
    "com ad ae com.af com.ag com.ai al am co.ao com.ar as at com.au az ba com.bd be bf bg com.bh bi bj com.bn com.bo "
    "com.br bs bt co.bw by com.bz ca cd cf cg ch ci co.ck cl cm cn com.co co.cr com.cu cv com.cy cz de dj dk dm com.do "
    "dz com.ec ee com.eg es com.et fi com.fj fm fr ga ge gg com.gh com.gi gl gm gp gr com.gt gy com.hk hn hr ht hu "
    "co.id ie co.il im co.in iq is it je com.jm jo co.jp co.ke com.kh ki kg co.kr com.kw kz la com.lb li lk co.ls lt "
    "lu lv com.ly co.ma md me mg mk ml com.mm mn ms com.mt mu mv mw com.mx com.my co.mz com.na com.nf com.ng com.ni ne "
    "nl no com.np nr nu co.nz com.om com.pa com.pe com.pg com.ph com.pk pl pn com.pr ps pt com.py com.qa ro ru rw "
    "com.sa com.sb sc se com.sg sh si sk com.sl sn so sm sr st com.sv td tg co.th com.tj tk tl tm tn to com.tr tt "
    "com.tw co.tz com.ua co.ug co.uk com.uy co.uz com.vc co.ve vg co.vi com.vn vu ws rs co.za co.zm co.zw cat";

TEST(SafeSearch, EveryDomainOfGoogle) {
  std::istringstream published(kPublished);
  int count = 0;
  for (std::string suffix; published >> suffix; ++count) {
    for (const std::string prefix : {"google.", "www.google."}) {
      EXPECT_EQ(dialled(prefix + suffix), "forcesafesearch.google.com") << suffix;
      EXPECT_EQ(dialled(prefix + suffix, kModerateAlone), "") << suffix;
    }
  }
  EXPECT_EQ(count, 193);
}

TEST(SafeSearch, TheOthers) {
  for (const auto* name : {"bing.com", "www.bing.com", "WWW.Bing.com."})
    EXPECT_EQ(dialled(name), "strict.bing.com") << name;
  for (const auto* name : {"duckduckgo.com", "www.duckduckgo.com", "start.duckduckgo.com"})
    EXPECT_EQ(dialled(name), "safe.duckduckgo.com") << name;
  for (const auto* name : {"www.youtube.com", "m.youtube.com", "youtubei.googleapis.com", "youtube.googleapis.com",
                           "www.youtube-nocookie.com"}) {
    EXPECT_EQ(dialled(name), "restrictmoderate.youtube.com") << name;
    EXPECT_EQ(dialled(name, kModerateAlone), "restrictmoderate.youtube.com") << name;
    EXPECT_EQ(dialled(name, kStrict), "restrict.youtube.com") << name;
    EXPECT_EQ(dialled(name, kSearchAlone), "") << name;
  }
  for (const auto* name : {"www.google.com", "www.bing.com", "duckduckgo.com", "www.youtube.com"})
    EXPECT_EQ(dialled(name, kNothing), "") << name;
}

TEST(SafeSearch, LookAlikesAndOtherHosts) {
  for (const auto* name : {"google.com.evil.test",
                           "www.google.com.evil.test",
                           "notgoogle.com",
                           "wwwgoogle.com",
                           "www.www.google.com",
                           "mail.google.com",
                           "google",
                           "www.google",
                           "google.evil.test",
                           "google.co",
                           "google.uk",
                           "google.com.com",
                           "google.co.uk.com",
                           "www",
                           "com",
                           "forcesafesearch.google.com",
                           "www.bing.com.evil.test",
                           "xwww.bing.com",
                           "strict.bing.com",
                           "notduckduckgo.com",
                           "html.duckduckgo.com",
                           "youtube.com.evil.test",
                           "i.ytimg.com",
                           "restrict.youtube.com",
                           "216.239.38.120",
                           "[2001:4860:4802:32::78]"})
    EXPECT_EQ(dialled(name, kStrict), "") << name;
}

using SafeSearchInEngine = Centre;

TEST_F(SafeSearchInEngine, OnlyWhatIsAllowedAndByGroup) {
  folder_.write("lists/social-media/youtube/domains", "youtube.com\n");
  auto text = policy();
  const std::string_view fallback = "default = \"block\"";
  text.replace(text.find(fallback), fallback.size(), "youtube = \"strict\"");
  load(text);
  const auto dial_as = [&](std::string_view address, std::string_view target, std::string_view when,
                           Stage stage = Stage::http_request) { return decide(address, target, when, stage).dial_as; };
  constexpr std::string_view kSession = "2026-11-23T10:00";
  constexpr std::string_view kBreak = "2026-11-23T10:35";
  EXPECT_EQ(dial_as("10.20.1.1", "www.google.co.uk", kSession), "forcesafesearch.google.com");
  EXPECT_EQ(dial_as("10.20.1.1", "www.google.co.uk/search?q=x", kSession), "forcesafesearch.google.com");
  for (const auto stage : {Stage::connect, Stage::hello})
    EXPECT_EQ(dial_as("10.30.1.1", "www.google.co.uk", kSession, stage), "forcesafesearch.google.com");
  EXPECT_EQ(dial_as("10.20.1.1", "www.youtube.com", kSession), "");  // a rule blocks it
  EXPECT_EQ(dial_as("10.20.1.1", "www.youtube.com", kBreak), "restrictmoderate.youtube.com");
  EXPECT_EQ(dial_as("10.20.99.1", "www.youtube.com", kBreak), "restrict.youtube.com");
  EXPECT_EQ(dial_as("192.0.2.1", "www.google.co.uk", kSession), "");  // an unknown client
  EXPECT_EQ(dial_as("10.20.1.1", "open.example", kSession), "");
}

TEST_F(SafeSearchInEngine, AnEssentialHostIsDialledSafelyToo) {
  auto text = policy();
  const std::string_view news = "\"news.example\", ";
  text.insert(text.find(news), "\"google.co.uk\", ");
  load(text);
  const auto verdict = decide("10.20.1.1", "www.google.co.uk", "2026-11-23T10:00");
  EXPECT_EQ(verdict.reason, Reason::essential);
  EXPECT_EQ(verdict.dial_as, "forcesafesearch.google.com");
}

}  // namespace
}  // namespace breakwater::rules
