#include "rules/ech_cover.h"

namespace breakwater::rules {

bool is_ech_cover(const categories::Host& host) {
  // developers.cloudflare.com/ssl/edge-certificates/ech: the one that all its sites share. Whoever runs a single site
  // covers it with a name of the site's own.
  return host.text() == "cloudflare-ech.com";
}

}  // namespace breakwater::rules
