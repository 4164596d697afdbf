#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "proxy/safeguarding/retention.h"
#include "proxy/telemetry/access_log.h"

namespace breakwater::app {

/// Deletes what the gateway keeps of people outside of the chain of records and is older than the policy allows: access
/// log, acceptances, reviews, passes, what is left of identities. What went is put in `done`. "" or what went wrong;
/// then the rest is done all the same.
std::string delete_old_files(const std::filesystem::path& state, telemetry::AccessLog& log,
                             const rules::Retention& retention, safeguarding::Milliseconds now,
                             std::vector<safeguarding::Deletion>& done);

/// The purposes that the policy sets no time for, with ", " between them; "" where there is none.
std::string kept_until_deleted(const rules::Retention& retention);

}  // namespace breakwater::app
