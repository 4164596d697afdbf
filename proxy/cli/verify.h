#pragma once

#include <filesystem>
#include <string>

#include "proxy/cli/check.h"

namespace breakwater::cli {

struct VerifyOptions {
  std::filesystem::path state;   ///< directory given to serve
  std::filesystem::path bundle;  ///< looked at in place of the state where given
  std::string head;              ///< one that was kept elsewhere: the word itself, or a file or mail that holds it
  Output output = Output::text;
};

/// Says whether the records are as they were written, else which is the first that is not.
int verify(const VerifyOptions& options);

}  // namespace breakwater::cli
