#pragma once

#include <optional>
#include <string>
#include <vector>

#include "proxy/cli/in_force.h"
#include "proxy/lists/host_export.h"

namespace breakwater::cli {

/// The categories of these names with their children. nullopt: there is no such category, which has been told.
std::optional<categories::CategorySet> wanted_categories(const rules::Snapshot& snapshot,
                                                         const std::vector<std::string>& names);

/// Gives the hosts of the `wanted` categories that are in none of the `spared` to `taker`, out of the files of the
/// lists that `source` names; what could not be given is told on standard error. nullopt: a list could not be read.
std::optional<lists::ExportReport> listed_hosts(const InForceSource& source, const rules::Snapshot& snapshot,
                                                const categories::CategorySet& wanted,
                                                const categories::CategorySet& spared, lists::HostTaker& taker);

}  // namespace breakwater::cli
