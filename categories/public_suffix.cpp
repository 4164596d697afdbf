#include "categories/public_suffix.h"

#include <boost/static_string/static_string.hpp>
#include <libpsl.h>

namespace breakwater::categories {
namespace {

constexpr std::size_t kMaxName = 253;

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
  if (host.find('.') == std::string_view::npos) return SuffixKind::icann;
  if (!list_ || host.size() > kMaxName) return SuffixKind::none;
  const boost::static_strings::static_string<kMaxName> name{host.data(), host.size()};
  if (psl_is_public_suffix2(list_.get(), name.c_str(), PSL_TYPE_ANY | PSL_TYPE_NO_STAR_RULE) == 0)
    return SuffixKind::none;
  const bool icann = psl_is_public_suffix2(list_.get(), name.c_str(), PSL_TYPE_ICANN | PSL_TYPE_NO_STAR_RULE) != 0;
  return icann ? SuffixKind::icann : SuffixKind::private_;
}

}  // namespace breakwater::categories
