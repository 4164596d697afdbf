#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "categories/category.h"
#include "rules/subject.h"
#include "rules/verdict.h"

namespace breakwater::rules {

class Policy;

/// Quotas are bits of Subject::spent and Verdict::quotas.
inline constexpr std::size_t kMaxQuotas = 32;

constexpr std::uint32_t quota_bit(std::size_t index) {
  return std::uint32_t{1} << index;
}

/// How much of some categories a person may use in one stretch of time: an occurrence of the period, or a civil day of
/// the centre.
struct Quota {
  enum class Per : std::uint8_t { period, day };

  std::string name;
  std::vector<GroupId> groups;           ///< empty: all
  std::vector<std::string> periods;      ///< empty: all
  categories::CategorySet categories{};  ///< with children
  std::optional<std::chrono::minutes> minutes;
  std::optional<std::uint64_t> bytes;
  Per per = Per::period;

  bool holds(GroupId group, std::string_view period) const;
};

/// [from, until). No value: it has always held, or no end is in sight.
struct Stretch {
  std::optional<SysSeconds> from;
  std::optional<SysSeconds> until;
  bool contains(SysSeconds when) const { return (!from || when >= *from) && (!until || when < *until); }
};

/// The stretch around `when` in which use of such a quota by somebody of the group adds up. Pure; microseconds.
Stretch stretch_of(const Policy& policy, Quota::Per per, GroupId group, SysSeconds when);

/// The quotas, as bits, that hold for the group in this period and name one of the categories.
std::uint32_t quotas_of(const Policy& policy, GroupId group, std::string_view period,
                        const categories::CategorySet& categories);

}  // namespace breakwater::rules
