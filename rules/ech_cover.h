#pragma once

#include "categories/host.h"

namespace breakwater::rules {

/// A server name under which a provider hides the sites of all its customers: with Encrypted ClientHello it stands in
/// clear in place of the one that is asked for (`public_name`, RFC 9849 4). Of a name that is not known here, a real
/// extension and a greased one look alike.
bool is_ech_cover(const categories::Host& host);

}  // namespace breakwater::rules
