#pragma once

#include <filesystem>
#include <string>

#include "proxy/cli/check.h"

namespace breakwater::cli {

struct QuotaOptions {
  std::filesystem::path state;  ///< of the gateway
  std::string person;           ///< see pseudonyms_of(); empty: all
  Output output = Output::text;
};

/// Shows who has used how much of which quota, as the gateway wrote it last. Returns the exit code: 1 where nothing is
/// written of the person.
int quota(const QuotaOptions& options);

}  // namespace breakwater::cli
