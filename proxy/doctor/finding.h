#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace breakwater::doctor {

enum class Grade : std::uint8_t {
  well,
  doubtful,  ///< the gateway works, but somebody should look
  broken,    ///< it does not do what it is there for, or will not after its next start
};

/// What one check found.
struct Finding {
  std::string_view check;  ///< "ports"; of static storage
  Grade grade = Grade::well;
  std::string what;
  std::string mend;  ///< what to do about it; "": nothing is to be done
};

using Findings = std::vector<Finding>;

std::string_view to_string(Grade grade);

}  // namespace breakwater::doctor
