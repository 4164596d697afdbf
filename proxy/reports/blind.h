#pragma once

#include <string>
#include <vector>

#include "proxy/reports/coverage.h"

namespace breakwater::reports {

/// What the first page has to say before anybody trusts its numbers: times without figures, attempts that could not be
/// recorded, requests that could not be judged; a sentence each, and none where all was seen. `made`: when the report
/// is; the hour before it has no figures yet. `span` is how the words call the time: "week".
std::vector<std::string> blind_sentences(const Covered& covered, const std::string& span, rules::SysSeconds made,
                                         const date::time_zone& zone);

}  // namespace breakwater::reports
