#include "categories/public_suffix.h"

#include <algorithm>
#include <array>

#include <boost/static_string/static_string.hpp>
#include <libpsl.h>

namespace breakwater::categories {
namespace {

constexpr std::size_t kMaxName = 253;
constexpr std::ptrdiff_t kMaxIcannDots = 3;  // "pvt.k12.ma.us"

/// The largest of the top-level domains whose registries know no suffix below them, nine tenths of all names in lists:
/// libpsl needs half a microsecond to say so. The test holds them against the list itself.
constexpr std::string_view kFlat[] = {
    "com",   "tk",      "info", "net",     "top",   "org",   "cc",   "xyz",  "de",    "shop", "ru",   "sbs",
    "site",  "online",  "cfd",  "nl",      "icu",   "club",  "biz",  "eu",   "ga",    "cf",   "dev",  "app",
    "click", "gq",      "ch",   "xin",     "ninja", "live",  "tv",   "life", "lat",   "pics", "dk",   "space",
    "vip",   "store",   "link", "website", "bid",   "win",   "rest", "buzz", "fun",   "cyou", "lol",  "world",
    "mobi",  "digital", "cam",  "one",     "cloud", "autos", "run",  "tech", "today", "asia", "best", "homes"};

/// A label of up to eight bytes as a number, its slot in a table of them.
constexpr std::uint64_t pack(std::string_view label) {
  std::uint64_t packed = 0;
  for (const char c : label)
    packed = packed << 8 | static_cast<unsigned char>(c);
  return packed;
}
constexpr std::size_t kSlots = 256;
constexpr std::size_t slot(std::uint64_t packed) {
  return static_cast<std::size_t>(packed * 0x9e3779b97f4a7c15 >> 56);
}
consteval std::array<std::uint64_t, kSlots> make_flat() {
  std::array<std::uint64_t, kSlots> table{};
  for (const auto label : kFlat) {
    auto at = slot(pack(label));
    while (table[at] != 0)
      at = (at + 1) % kSlots;
    table[at] = pack(label);
  }
  return table;
}
constexpr auto kFlatTable = make_flat();

bool is_flat(std::string_view label) {
  if (label.size() > sizeof(std::uint64_t)) return false;
  const auto packed = pack(label);
  for (auto at = slot(packed); kFlatTable[at] != 0; at = (at + 1) % kSlots)
    if (kFlatTable[at] == packed) return true;
  return false;
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

PublicSuffixes::PublicSuffixes() : list_(psl_latest(nullptr)) {}

const PublicSuffixes& PublicSuffixes::system() {
  static const PublicSuffixes suffixes;
  return suffixes;
}

SuffixKind PublicSuffixes::kind(std::string_view host) const {
  if (is_icann(host)) return SuffixKind::icann;
  if (!list_ || host.size() > kMaxName) return SuffixKind::none;
  return is_suffix(list_.get(), host, PSL_TYPE_PRIVATE) ? SuffixKind::private_ : SuffixKind::none;
}

bool PublicSuffixes::is_icann(std::string_view host) const {
  const auto dot = host.rfind('.');
  if (dot == std::string_view::npos) return true;
  if (is_flat(host.substr(dot + 1)) || !list_ || host.size() > kMaxName) return false;
  if (std::ranges::count(host, '.') > kMaxIcannDots) return false;
  return !is_of_public_bodies(host) && is_suffix(list_.get(), host, PSL_TYPE_ICANN);
}

}  // namespace breakwater::categories
