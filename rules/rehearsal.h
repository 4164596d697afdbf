#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "rules/engine.h"
#include "rules/feed.h"

namespace breakwater::rules {

/// How often a host was asked for, by whom and when: what the access log says, without addresses, users and paths.
struct Visits {
  std::string host;
  std::string group;
  std::string period;
  std::uint64_t number = 0;
};

/// A list that was there before, will be there, or both.
struct ListChange {
  std::string name;
  std::uint64_t before = 0;  ///< entries
  std::uint64_t after = 0;
  ChangeLimits limits;
};

/// An entry of a feed that covers the sites of many, and was not there before.
struct NewSharedSuffix {
  std::string host;
  std::string category;
  std::string where;  ///< "ut1/phishing/domains:12"
};

struct RehearsalInput {
  std::shared_ptr<const Snapshot> before;  ///< nullptr: nothing was in force
  std::shared_ptr<const Snapshot> after;
  std::span<const Visits> visits;
  std::span<const ListChange> changes;        ///< of feeds alone: people may empty their own lists
  std::span<const NewSharedSuffix> suffixes;  ///< of feeds alone
  std::span<const std::string> own_hosts;
};

/// One thing that keeps a catalogue from going into force.
struct Objection {
  enum class Kind : std::uint8_t { floor, essential, own_host, shrunk, grown, category_gone, public_suffix, visits };
  Kind kind;
  std::string message;
  /// The floor is not for anybody to give away.
  bool may_be_accepted() const { return kind != Kind::floor; }
};

/// How many of the hosts that were asked for lately would be treated otherwise.
struct Effect {
  std::uint64_t hosts = 0;
  std::uint64_t visits = 0;
  std::uint64_t essential = 0;  ///< of the hosts
  std::vector<std::string>
      examples;  ///< most visited first, with what decides: "bbc.co.uk: news (ut1/press/domains:7)"
};

struct Rehearsal {
  Effect newly_blocked;
  Effect newly_allowed;
  std::uint64_t visits = 0;  ///< looked at
  std::vector<Objection> objections;

  bool may_be_accepted() const;
  /// "newly blocks 14 hosts in 212 visits, 1 is essential; ..." and a line for each objection.
  std::vector<std::string> lines() const;
};

/// Judges a catalogue before it goes into force, by the same engine. Pure; takes about a microsecond for each group,
/// period and host of the visits, twice.
Rehearsal rehearse(const RehearsalInput& input);

std::string_view to_string(Objection::Kind kind);

}  // namespace breakwater::rules
