#include "proxy/portal/recent_blocks.h"

#include <algorithm>

namespace breakwater::portal {

void RecentBlocks::add(std::chrono::sys_days day, const std::string& person, Blocked blocked) {
  const std::scoped_lock lock(mutex_);
  if (day != day_) {
    people_.clear();
    day_ = day;
  }
  if (people_.size() >= kPeople && !people_.contains(person)) make_room();
  auto& entry = people_[person];
  entry.last = ++count_;
  const auto again = std::ranges::find_if(entry.blocked, [&](const Blocked& earlier) {
    return earlier.host == blocked.host && earlier.reason == blocked.reason;
  });
  if (again != entry.blocked.end()) {
    blocked.times = again->times + 1;
    entry.blocked.erase(again);
  }
  entry.blocked.push_front(std::move(blocked));
  if (entry.blocked.size() > kPerPerson) entry.blocked.pop_back();
}

void RecentBlocks::make_room() {
  people_.erase(std::ranges::min_element(people_, {}, [](const auto& each) { return each.second.last; }));
}

std::vector<Blocked> RecentBlocks::of(std::chrono::sys_days day, const std::string& person) const {
  const std::scoped_lock lock(mutex_);
  const auto found = people_.find(person);
  if (day != day_ || found == people_.end()) return {};
  return {found->second.blocked.begin(), found->second.blocked.end()};
}

std::optional<Blocked> RecentBlocks::find(std::chrono::sys_days day, const std::string& person,
                                          std::string_view reference) const {
  const auto all = of(day, person);
  const auto found = std::ranges::find(all, reference, &Blocked::reference);
  return found == all.end() ? std::nullopt : std::optional(*found);
}

}  // namespace breakwater::portal
