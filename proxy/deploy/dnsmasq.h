#pragma once

#include <string>

#include "proxy/deploy/site.h"

namespace breakwater::deploy {

/// Configuration of the DNS side of dnsmasq 2.90 or later, for /etc/dnsmasq.d. What it cannot do, it says itself.
std::string dnsmasq_text(const Site& site);

}  // namespace breakwater::deploy
