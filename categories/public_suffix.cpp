#include "categories/public_suffix.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <functional>
#include <string>

#include <boost/static_string/static_string.hpp>
#include <libpsl.h>

namespace breakwater::categories {
namespace {

constexpr std::size_t kMaxName = 253;
constexpr const char* kFile = "/usr/share/publicsuffix/public_suffix_list.dat";
constexpr std::size_t kRuleBits = std::size_t{1} << 20;  // ten thousand rules: one name of 50 is looked up in vain

std::size_t bit_of(std::string_view name) {
  return std::hash<std::string_view>{}(name) % kRuleBits;
}

/// Lists have millions of names, and libpsl needs a tenth of a microsecond to say that one is no suffix. "*.ck" has the
/// bits of "ck" and ".ck"; "!www.ck" needs none. Empty: the file has no rules.
std::vector<bool> read_rules(const char* path) {
  std::ifstream file{path};
  std::vector<bool> rules;
  for (std::string line; std::getline(file, line);) {
    std::string_view rule = line;
    rule = rule.substr(0, rule.find_first_of(" \t\r"));
    if (rule.empty() || rule.starts_with("//")) continue;
    rules.resize(kRuleBits);
    if (rule.starts_with("*.")) {
      rules[bit_of(rule.substr(1))] = true;
      rule.remove_prefix(2);
    }
    rules[bit_of(rule)] = true;
  }
  return rules;
}

/// "gov.uk", "ac.uk", "nhs.uk", "edu.au": registries for public bodies alone, below which nobody else may register.
bool is_of_public_bodies(std::string_view host) {
  constexpr auto kBodies = std::to_array<std::string_view>(
      {"ac", "edu", "gob", "gouv", "gov", "govt", "gub", "mil", "mod", "nhs", "parliament", "police", "sch"});
  const auto dot = host.find('.');
  return host.size() == dot + 3 && std::ranges::find(kBodies, host.substr(0, dot)) != kBodies.end();
}

bool is_suffix(const psl_ctx_t* list, std::string_view host, int type) {
  const boost::static_strings::static_string<kMaxName> name{host.data(), host.size()};
  return psl_is_public_suffix2(list, name.c_str(), type | PSL_TYPE_NO_STAR_RULE) != 0;
}

}  // namespace

void PublicSuffixes::Free::operator()(psl_ctx_st* list) const {
  psl_free(list);
}

PublicSuffixes::PublicSuffixes() : list_(psl_load_file(kFile)), rules_(read_rules(kFile)) {
  if (!list_ || rules_.empty()) list_.reset(psl_latest(nullptr));
}

const PublicSuffixes& PublicSuffixes::system() {
  static const PublicSuffixes suffixes;
  return suffixes;
}

/// False for nearly every name that is none. The file has rules in Unicode where hosts have A-labels.
bool PublicSuffixes::may_be_suffix(std::string_view host) const {
  return rules_.empty() || rules_[bit_of(host)] || rules_[bit_of(host.substr(host.find('.')))] ||
         host.find("xn--") != std::string_view::npos;
}

SuffixKind PublicSuffixes::kind(std::string_view host) const {
  if (host.find('.') == std::string_view::npos) return SuffixKind::icann;
  if (!list_ || host.size() > kMaxName || !may_be_suffix(host)) return SuffixKind::none;
  if (!is_of_public_bodies(host) && is_suffix(list_.get(), host, PSL_TYPE_ICANN)) return SuffixKind::icann;
  return is_suffix(list_.get(), host, PSL_TYPE_PRIVATE) ? SuffixKind::private_ : SuffixKind::none;
}

}  // namespace breakwater::categories
