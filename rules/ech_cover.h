#pragma once

#include "categories/host.h"

namespace breakwater::rules {

/// A server name under which a provider hides the sites of all its customers: with Encrypted ClientHello it stands in
/// clear in place of the one that is asked for (`public_name`, RFC 9849 4). Of a name that is not known here nothing
/// can be told: browsers grease the extension to every site (RFC 8701), with a random configuration, key and payload of
/// the lengths that a real one has (RFC 9849 6.2), so that neither its presence nor its shape means anything.
bool is_ech_cover(const categories::Host& host);

}  // namespace breakwater::rules
