#pragma once

#include <filesystem>

#include "proxy/doctor/finding.h"

namespace breakwater::doctor {

struct Installation {
  std::filesystem::path policy;
  std::filesystem::path config;  ///< empty: the default settings
  std::filesystem::path state;
};

/// Looks at all of an installation, whether or not its gateway runs, and changes nothing. Takes as long as loading the
/// lists, following the whole chain of records, and the time limits of DNS and mail.
Findings examine(const Installation& installation);

/// The worst of them.
Grade worst_of(const Findings& findings);

}  // namespace breakwater::doctor
