#pragma once

#include <filesystem>
#include <string>

#include "proxy/cli/check.h"
#include "proxy/cli/names.h"

namespace breakwater::cli {

struct AccessesOptions {
  std::filesystem::path state;
  std::string since;             ///< see parse_time(); "": all
  std::string until;             ///< the same, not included; "": to the end
  std::filesystem::path out;     ///< a file to write, .html, .pdf or .csv; "": on standard output
  std::string zone = "Etc/UTC";  ///< on whose clocks times of a file are
  NamesOptions names;            ///< to open the reasons, which may name somebody
  Output output = Output::text;
};

/// Lists every look at names, export, deletion and key, oldest first. Returns the exit code.
int accesses(const AccessesOptions& options);

}  // namespace breakwater::cli
