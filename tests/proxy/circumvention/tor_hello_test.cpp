#include "proxy/circumvention/tor_hello.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace breakwater::circumvention {
namespace {

tls::ClientHello hello(std::string_view name) {
  tls::ClientHello out;
  out.sni_state = tls::ClientHello::Sni::present;
  out.sni = name;
  out.extensions = {0, 11, 10};
  return out;
}

TEST(TorHello, IsToldByItsName) {
  for (const auto* name : {"www.ct7ctrgb6cr7.com", "www.t3i3ru.com", "www.xkcdqz.com"})
    EXPECT_TRUE(looks_like_tor(hello(name))) << name;
  for (const auto* name : {"", "www.com", "www..com", "www.t3i.com", "www.t3i3ru.net", "t3i3ru.com", "www.t1i8ru.com",
                           "www.t3-i3ru.com", "www.T3I3RU.com", "www.example.com", "www.strengths.com",
                           "www.a2345678901234567890123456.com", "www.a.t3i3ru.com"})
    EXPECT_FALSE(looks_like_tor(hello(name))) << name;
}

TEST(TorHello, IsNoBrowsers) {
  auto with_alpn = hello("www.ct7ctrgb6cr7.com");
  with_alpn.alpn = {"h2"};
  EXPECT_FALSE(looks_like_tor(with_alpn));
  constexpr std::uint16_t kGrease[] = {0x0a0a, 0x1a1a, 0xfafa};
  for (const auto grease : kGrease) {
    auto greased = hello("www.ct7ctrgb6cr7.com");
    greased.extensions.push_back(grease);
    EXPECT_FALSE(looks_like_tor(greased));
  }
  auto other = hello("www.ct7ctrgb6cr7.com");
  other.extensions.push_back(0x0a1a);
  EXPECT_TRUE(looks_like_tor(other));
}

TEST(TorHello, OfSevenHundredRealHellosThoseOfTorAlone) {
  const char* shared = std::getenv("BREAKWATER_SHARED");
  const std::filesystem::path root = shared ? shared : BREAKWATER_SOURCE_DIR "/../shared";
  std::ifstream file(root / "data/sni/dev.jsonl");
  if (!file) GTEST_SKIP() << "no captures: set BREAKWATER_SHARED to the folder that holds data/sni/dev.jsonl";
  int of_tor = 0;
  for (std::string line; std::getline(file, line);) {
    const auto json = nlohmann::json::parse(line);
    if (json["kind"] != "tls" || json["sni"].empty()) continue;
    tls::ClientHello each;
    each.sni = json["sni"][0].get<std::string>();
    each.extensions = json["ext"].get<std::vector<std::uint16_t>>();
    if (const auto alpn = json["alpn"].get<std::string>(); !alpn.empty()) each.alpn.push_back(alpn);
    const bool is_tor = json["pcap"].get<std::string>().ends_with("/tor.pcap");
    EXPECT_EQ(looks_like_tor(each), is_tor) << each.sni;
    of_tor += is_tor ? 1 : 0;
  }
  EXPECT_EQ(of_tor, 7);
}

}  // namespace
}  // namespace breakwater::circumvention
