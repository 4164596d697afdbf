#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "proxy/selftest/door.h"
#include "rules/policy.h"

namespace breakwater::selftest {

/// One site to be asked for, and what is to become of it.
struct Target {
  enum class Kind : std::uint8_t {
    canary,      ///< of the gateway's own list (categories/canary.h)
    list_entry,  ///< of a list in force
    test_page,   ///< of a public service that tests filters
    named,       ///< by the policy
    essential,   ///< host of the policy
  };
  Kind kind = Kind::canary;
  std::string what;      ///< as people read it; of a list's entry without the host
  std::string category;  ///< "": it is about a host
  std::string host;
  std::string path = "/";
  enum class Expect : std::uint8_t {
    block,
    allow,
    either,  ///< the policy may have it as it likes: what happens is told, and nothing is missed
  };
  Expect expect = Expect::block;
  std::vector<Way> ways{kWays.begin(), kWays.end()};
  std::vector<std::string> groups;
  std::string gap;  ///< what the lists in force do not cover, as a sentence; "": nothing
};

/// "canary", "list entry", "test page", "named", "essential"
std::string_view to_string(Target::Kind kind);

}  // namespace breakwater::selftest
