#pragma once

#include <chrono>
#include <filesystem>
#include <vector>

#include "categories/diagnostic.h"
#include "rules/recipient.h"

namespace breakwater::snapshot {

/// Reads the public keys of the recipients. One that is none is an error; a recipient of names without one is warned
/// of, and so is a certificate that cannot be used at `now`. Gives the files, to be watched.
std::vector<std::filesystem::path> read_recipient_keys(std::vector<rules::Recipient>& recipients,
                                                       std::chrono::sys_seconds now,
                                                       categories::Diagnostics& diagnostics);

}  // namespace breakwater::snapshot
