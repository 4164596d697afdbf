#pragma once

#include <chrono>
#include <optional>

namespace breakwater::rules {

/// How long records are kept, by purpose. None: until somebody deletes them. Nothing of a held episode is deleted.
struct Retention {
  std::optional<std::chrono::days> names;     ///< what is sealed: then nobody can tell who it was
  std::optional<std::chrono::days> attempts;  ///< all of an attempt but its place in the chain
  std::optional<std::chrono::days> episodes;  ///< the same of episodes, and of what was decided and done about them
};

}  // namespace breakwater::rules
