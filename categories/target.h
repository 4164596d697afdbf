#pragma once

#include <cstdint>
#include <vector>

#include "categories/catalogue.h"

namespace breakwater::categories {

/// Where an entry stands: its list in the upper half, its line in the lower, so that targets sort in reading order.
using Target = std::uint64_t;
constexpr Target make_target(ListId list, std::uint32_t line) {
  return Target{list} << 32 | line;
}
constexpr std::size_t list_of(Target target) {
  return static_cast<std::size_t>(target >> 32);
}
/// Set in the line of an entry that says where its own list does not count. No list has so many lines.
inline constexpr std::uint32_t kExceptLine = std::uint32_t{1} << 31;
constexpr bool is_except(Target target) {
  return (target & kExceptLine) != 0;
}
constexpr std::uint32_t line_of(Target target) {
  return static_cast<std::uint32_t>(target) & ~kExceptLine;
}

/// The most entries of one name (or URL, or expression) that are kept, so that a list cannot make a lookup long. Beyond
/// them an entry is kept only if none so far has its category and role: no category is lost, and there are few of
/// those.
inline constexpr std::size_t kMaxTargets = 64;

/// `targets` are all the entries of one name, sorted. Drops what a list says twice (the first line stays) and what is
/// beyond kMaxTargets; counts one entry for each list.
void limit_targets(std::vector<Target>& targets, std::vector<ListInfo>& lists);
/// The same where no list says anything twice and all is counted.
void drop_excess(std::vector<Target>& targets, const std::vector<ListInfo>& lists);

}  // namespace breakwater::categories
