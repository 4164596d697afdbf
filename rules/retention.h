#pragma once

#include <array>
#include <chrono>
#include <optional>
#include <string_view>
#include <utility>

namespace breakwater::rules {

/// How long what is recorded of people is kept, by purpose. None: until somebody deletes it. Nothing of a held episode
/// is deleted.
struct Retention {
  using Age = std::optional<std::chrono::days>;

  Age names{};        ///< what is sealed: then nobody can tell who it was
  Age attempts{};     ///< all of an attempt but its place in the chain
  Age episodes{};     ///< the same of episodes, and of what was decided and done about them
  Age access_log{};   ///< what everybody asked for
  Age acceptances{};  ///< of the acceptable-use text: who is forgotten is asked again
  Age reviews{};      ///< requests for review, reports of accidents
  Age passes{};       ///< lesson passes: who gave them, who used them
  Age identity{};     ///< who was where, as a gateway that has ended left it
};

/// Every purpose by its key in [retention].
inline constexpr auto kPurposes =
    std::to_array<std::pair<std::string_view, Retention::Age Retention::*>>({{"names", &Retention::names},
                                                                             {"attempts", &Retention::attempts},
                                                                             {"episodes", &Retention::episodes},
                                                                             {"access_log", &Retention::access_log},
                                                                             {"acceptances", &Retention::acceptances},
                                                                             {"reviews", &Retention::reviews},
                                                                             {"passes", &Retention::passes},
                                                                             {"identity", &Retention::identity}});

}  // namespace breakwater::rules
