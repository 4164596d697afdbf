#pragma once

#include <filesystem>

#include "proxy/cli/check.h"

namespace breakwater::cli {

struct UnsealOptions {
  std::filesystem::path key;  ///< private, by `keys new`
  std::filesystem::path passphrase_file;
  std::filesystem::path bundle;
  Output output = Output::text;
};

/// Opens the names in a bundle, on the machine of who may read them: needs neither gateway nor network.
int unseal(const UnsealOptions& options);

}  // namespace breakwater::cli
