#pragma once

#include <cstdint>
#include <optional>

#include "proxy/safeguarding/postgres.h"

/// The tables of the central store, which several gateways share. Internal to this folder.
namespace breakwater::safeguarding {

inline constexpr std::int64_t kCentralVersion = 1;

/// Makes the tables, or brings them to this version; as many processes as like may do so at once, and one does. A later
/// version is refused and left as it is. The role needs the right to do so only where there is something to do.
std::optional<postgres::Error> migrate_central(postgres::Connection& connection);

/// For readers: changes nothing, and says what is to be done where the version is another.
std::optional<postgres::Error> check_central_version(postgres::Connection& connection);

}  // namespace breakwater::safeguarding
