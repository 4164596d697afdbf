#include "categories/public_suffix.h"

#include <algorithm>
#include <fstream>
#include <string>

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
      {"gov.uk", SuffixKind::none},  // public bodies alone
      {"nhs.uk", SuffixKind::none},
      {"gov.com", SuffixKind::none},
      {"github.io", SuffixKind::private_},
      {"blogspot.com", SuffixKind::private_},
      {"example.com", SuffixKind::none},
      {"example.co.uk", SuffixKind::none},
      {"a.example.nosuchtld", SuffixKind::none},
      {std::string_view{}, SuffixKind::icann},
  };
  for (const auto& [host, kind] : kCases)
    EXPECT_EQ(kind, PublicSuffixes::system().kind(host)) << host;
}

/// kind() answers for nearly all names without libpsl: no rule may be lost by that.
TEST(PublicSuffixes, TheShortCutLosesNoRule) {
  std::ifstream file{"/usr/share/publicsuffix/public_suffix_list.dat"};
  if (!file) GTEST_SKIP() << "no public suffix list on this machine";
  std::size_t checked = 0;
  auto kind = SuffixKind::icann;
  for (std::string rule; std::getline(file, rule);) {
    if (rule.find("===END ICANN") != std::string::npos) kind = SuffixKind::private_;
    const bool ascii = std::ranges::all_of(rule, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
    if (!ascii || rule.empty() || rule.starts_with("//") || rule.starts_with('!')) continue;
    if (rule.starts_with("*.")) rule.replace(0, 1, "any");
    constexpr auto kBodies = std::to_array<std::string_view>(
        {"ac", "edu", "gob", "gouv", "gov", "govt", "gub", "mil", "mod", "nhs", "parliament", "police", "sch"});
    const auto dot = rule.find('.');
    if (rule.size() == dot + 3 && std::ranges::find(kBodies, rule.substr(0, dot)) != kBodies.end()) continue;
    ++checked;
    EXPECT_EQ(kind, PublicSuffixes::system().kind(rule)) << rule;
  }
  EXPECT_GT(checked, 8000U);
}

}  // namespace
}  // namespace breakwater::categories
