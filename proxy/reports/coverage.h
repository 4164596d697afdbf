#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "proxy/safeguarding/record.h"
#include "rules/civil_time.h"

namespace breakwater::reports {

/// What the gateway did in a stretch of time: its counters, which say nothing of anybody. A gateway records one each
/// hour and at its end, so that a time without any shows.
struct Coverage {
  using Counts = std::map<std::string, std::uint64_t, std::less<>>;

  safeguarding::Milliseconds from;
  safeguarding::Milliseconds until;
  Counts counts;  ///< by telemetry::kCounterNames, and see Unseen; those that are not 0
  /// Pseudonyms of devices, each told once a day: on the network, of those with an address of their own making, and
  /// with a connection to the gateway.
  struct Devices {
    std::vector<std::string> listed;
    std::vector<std::string> random;
    std::vector<std::string> active;
    bool operator==(const Devices&) const = default;
  } devices{};
};

/// To be appended, and back. nullopt: it is another kind of check.
safeguarding::Entry to_entry(const Coverage& coverage);
std::optional<Coverage> parse_coverage(const safeguarding::Record& record);

/// What is known of a report's time.
class Covered {
 public:
  /// [from, until)
  Covered(rules::SysSeconds from, rules::SysSeconds until) : from_(from), until_(until) {}

  /// In any order; what is outside of the time does not count.
  void add(const Coverage& coverage);
  /// What the filter saw and what it did not, a sentence each. `span` is how the words call the time: "week".
  std::vector<std::string> sentences(const std::string& span, const date::time_zone& zone) const;

  struct Stretch {
    rules::SysSeconds from;
    rules::SysSeconds until;
  };
  /// The times of which nothing is known, in order.
  std::vector<Stretch> gaps() const;
  std::uint64_t count(std::string_view name) const;

 private:
  rules::SysSeconds from_;
  rules::SysSeconds until_;
  std::map<rules::SysSeconds, rules::SysSeconds> stretches_;  // from -> until
  Coverage::Counts counts_;
};

}  // namespace breakwater::reports
