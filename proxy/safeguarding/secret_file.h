#pragma once

#include <filesystem>
#include <string>

#include "categories/result.h"
#include "proxy/safeguarding/crypto.h"

namespace breakwater::safeguarding {

/// 32 bytes in a file of their own, made at random where the file is not there; one process makes it, the others take
/// it. The error names the file, and says what is wrong with it.
Result<crypto::Secret, std::string> load_or_make_secret(const std::filesystem::path& file);

}  // namespace breakwater::safeguarding
