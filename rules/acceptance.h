#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "rules/subject.h"

namespace breakwater::rules {

inline constexpr std::size_t kMaxAcceptanceText = 64 << 10;

/// The acceptable-use text: whoever is in one of the groups accepts its current version before anything but essential
/// hosts opens.
struct AcceptanceTerms {
  struct Text {
    std::filesystem::path file;  ///< "" in Welsh: there is none, and the English one is shown
    std::string content{};       ///< UTF-8, at most kMaxAcceptanceText bytes
  };
  std::string version;
  Text english;
  Text welsh;
  std::vector<GroupId> groups;  ///< empty: all

  bool asks(GroupId group) const;
};

}  // namespace breakwater::rules
