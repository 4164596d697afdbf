#pragma once

#include <string>
#include <vector>

#include "proxy/alerts/notice.h"

namespace breakwater::alerts {

/// A self-test that missed something, or that could not be done.
struct FailedCheck {
  std::string reference;
  std::string summary;              ///< one line
  std::vector<std::string> missed;  ///< a line each; none: it could not be done
};

/// For the lead and for IT. Lists the first kMostTold alone.
inline constexpr std::size_t kMostTold = 20;
Notice check_notice(const FailedCheck& check, const Scene& scene);

}  // namespace breakwater::alerts
