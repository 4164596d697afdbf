#pragma once

#include <vector>

#include "categories/ip_address.h"

namespace breakwater::app {

/// The addresses of this machine's interfaces at this moment.
std::vector<categories::IpAddress> own_addresses();

}  // namespace breakwater::app
