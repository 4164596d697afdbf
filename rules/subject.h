#pragma once

#include <cstdint>
#include <string>

#include "categories/ip_address.h"

namespace breakwater::rules {

/// Index of a group in its Policy.
using GroupId = std::uint16_t;
inline constexpr GroupId kNoGroup = 0xffff;

/// Who asks. A client in no group is kNoGroup and is refused.
struct Subject {
  categories::IpAddress address;
  GroupId group = kNoGroup;
  std::string user;
  std::string device;
};

}  // namespace breakwater::rules
