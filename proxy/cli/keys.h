#pragma once

#include <filesystem>
#include <string>

#include "proxy/cli/check.h"

namespace breakwater::cli {

struct KeysOptions {
  std::filesystem::path out;  ///< of the private key; the public one has ".pub" behind it
  std::string name;           ///< whose they are
  std::filesystem::path passphrase_file;
  std::filesystem::path file;   ///< to be shown
  std::filesystem::path state;  ///< directory given to serve
  Output output = Output::text;
};

/// Makes the two files of a person who may open names. Neither may be there already.
int keys_new(const KeysOptions& options);
/// Says whose key a file holds.
int keys_show(const KeysOptions& options);
/// Says to whom the gateway seals, which key signs its chain, and of which days the keys are there.
int keys_list(const KeysOptions& options);

}  // namespace breakwater::cli
