#pragma once

#include <filesystem>
#include <vector>

#include "categories/diagnostic.h"
#include "rules/recipient.h"

namespace breakwater::snapshot {

/// Reads the public keys of the recipients. One that is none is an error; a recipient of names without one is warned
/// of. Gives the files, to be watched.
std::vector<std::filesystem::path> read_recipient_keys(std::vector<rules::Recipient>& recipients,
                                                       categories::Diagnostics& diagnostics);

}  // namespace breakwater::snapshot
