#include "categories/public_suffix.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace breakwater::categories {
namespace {

TEST(PublicSuffixes, TellsRegistriesFromOwners) {
  constexpr std::pair<std::string_view, SuffixKind> kCases[] = {
      {"com", SuffixKind::icann},
      {"nosuchtld", SuffixKind::icann},
      {"co.uk", SuffixKind::icann},
      {"xn--55qx5d.cn", SuffixKind::icann},
      {"anything.ck", SuffixKind::icann},  // "*.ck"
      {"www.ck", SuffixKind::none},        // "!www.ck"
      {"pvt.k12.ma.us", SuffixKind::icann},
      {"example.pvt.k12.ma.us", SuffixKind::none},
      {"github.io", SuffixKind::private_},
      {"blogspot.com", SuffixKind::private_},
      {"example.com", SuffixKind::none},
      {"example.co.uk", SuffixKind::none},
      {"a.example.nosuchtld", SuffixKind::none},
      {std::string_view{}, SuffixKind::icann},
  };
  for (const auto& [host, kind] : kCases) {
    EXPECT_EQ(kind, PublicSuffixes::system().kind(host)) << host;
    EXPECT_EQ(kind == SuffixKind::icann, PublicSuffixes::system().is_icann(host)) << host;
  }
}

/// The lists on this machine: the one that libpsl uses, and perhaps a newer one.
std::vector<std::filesystem::path> lists() {
  const char* shared = std::getenv("BREAKWATER_SHARED");
  const std::filesystem::path root = shared ? shared : BREAKWATER_SOURCE_DIR "/../shared";
  std::vector<std::filesystem::path> found;
  for (const auto& path : {root / "data/lists/psl/public_suffix_list.dat",
                           std::filesystem::path{"/usr/share/publicsuffix/public_suffix_list.dat"}})
    if (std::filesystem::exists(path)) found.push_back(path);
  return found;
}

/// The rules of ICANN's section that are more than one label, a name for the '*', by their top-level domains.
std::map<std::string, std::vector<std::string>> icann_rules(const std::filesystem::path& path) {
  std::map<std::string, std::vector<std::string>> rules;
  std::ifstream file{path};
  for (std::string rule; std::getline(file, rule) && rule.find("===END ICANN") == std::string::npos;) {
    const bool ascii = std::ranges::all_of(rule, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
    if (!ascii || rule.empty() || rule.starts_with("//") || rule.starts_with('!')) continue;
    if (rule.starts_with("*.")) rule.replace(0, 1, "any");
    if (const auto dot = rule.rfind('.'); dot != std::string::npos) rules[rule.substr(dot + 1)].push_back(rule);
  }
  return rules;
}

/// is_icann() answers for many names without libpsl: no rule may be lost by that. A newer list than libpsl's may have
/// some rules more, but hardly all of those of one registry.
TEST(PublicSuffixes, ShortCutsLoseNoRule) {
  const auto paths = lists();
  if (paths.empty()) GTEST_SKIP() << "no public suffix list on this machine";
  for (const auto& path : paths) {
    const auto rules = icann_rules(path);
    EXPECT_GT(rules.size(), 200U) << path;
    for (const auto& [top, suffixes] : rules)
      EXPECT_TRUE(std::ranges::any_of(suffixes, [](auto& rule) { return PublicSuffixes::system().is_icann(rule); }))
          << path << ": " << suffixes.front();
  }
}

}  // namespace
}  // namespace breakwater::categories
