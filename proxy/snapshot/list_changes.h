#pragma once

#include <vector>

#include "categories/catalogue_builder.h"
#include "categories/part_cache.h"
#include "proxy/lists/version.h"
#include "rules/rehearsal.h"

/// How lists that were read differ from those in force, of which `before` is nullptr where there are none.
namespace breakwater::snapshot {

/// Each list with what was added and removed, by the parts that the cache still has.
std::vector<lists::VersionList> describe_lists(const categories::BuildReport& report,
                                               const categories::CategoryTable& table, const lists::Version* before,
                                               const categories::PartCache& cache, rules::SysSeconds now);

/// Of the lists of feeds that were there before.
std::vector<rules::ListChange> feed_changes(const lists::Version* before, const lists::Version& after,
                                            const std::vector<rules::Feed>& feeds);

/// Of feeds' lists that were there before and are others now: the shared suffixes that they did not have.
std::vector<rules::NewSharedSuffix> new_shared_suffixes(const categories::BuildReport& report,
                                                        const categories::CategoryTable& table,
                                                        const lists::Version* before, const lists::Version& after,
                                                        const categories::PartCache& cache);

}  // namespace breakwater::snapshot
