#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "rules/safe_search.h"

namespace breakwater::rules {

/// A host, and the name that safe_name() gives it.
struct SafeName {
  std::string host;
  std::string_view safe;
};

/// Every host that has another name where `wanted` holds: for who configures a resolver. Sorted by host.
std::vector<SafeName> safe_names(SafeSearch wanted);

}  // namespace breakwater::rules
