#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/container/small_vector.hpp>

#include "categories/category.h"
#include "categories/host.h"
#include "rules/policy.h"

namespace breakwater::rules {

/// A tutor's grant of a category or a host to a group. It names things as people do, so that it outlives a reload.
struct Pass {
  std::string id;
  std::string group;
  std::string category;  ///< with its children; "" where the pass names a host
  std::string host;      ///< in normal form, with all below it; "" where the pass names a category
  SysSeconds from{};
  SysSeconds until{};  ///< the first instant at which it is over
  std::string by;      ///< who granted it, as they gave it
  std::string reason;

  bool holds_at(SysSeconds when) const { return from <= when && when < until; }
};

/// Passes at one time: what a request costs that they concern grows with their square.
inline constexpr std::size_t kMaxPasses = 64;

/// The passes of a snapshot, ready to be asked. Immutable; safe from any thread.
class Passes {
 public:
  struct Entry {
    Pass pass;
    GroupId group;
    categories::CategorySet lifts;  ///< none where the pass names a host
    bool covers(const categories::Host& host) const;
  };
  using Found = boost::container::small_vector<const Entry*, 4>;

  /// Leaves out what names no group or category of these.
  Passes(std::vector<Pass> passes, const Policy& policy, const categories::CategoryTable& table);

  /// Those of the group, at whatever time, that cover the host or lift one of the categories; in the order of their
  /// granting.
  Found concerning(GroupId group, const categories::Host& host, const categories::CategorySet& categories) const;
  /// The next instant after `now` at which a pass begins or ends.
  std::optional<SysSeconds> next_edge(SysSeconds now) const;

 private:
  std::vector<Entry> entries_;
};

}  // namespace breakwater::rules
