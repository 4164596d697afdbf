#pragma once

#include <filesystem>
#include <memory>

#include "proxy/safeguarding/forward.h"
#include "proxy/snapshot/settings.h"

namespace breakwater::app {

/// Begins to forward the records to the central store of the settings, and tells of each change on standard error.
/// nullptr: there is none.
std::unique_ptr<safeguarding::Forwarder> start_forwarding(const std::filesystem::path& state,
                                                          const snapshot::Settings& settings);

/// Says what was forwarded, at the end.
void tell_end(const safeguarding::Forwarder& forwarder);

}  // namespace breakwater::app
