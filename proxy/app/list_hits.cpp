#include "proxy/app/list_hits.h"

namespace breakwater::app {

void ListHits::use(const std::shared_ptr<const rules::Snapshot>& snapshot) {
  const std::lock_guard lock(mutex_);
  snapshot_ = snapshot;
  by_id_.clear();
  for (const auto& list : snapshot->catalogue->lists()) {
    auto& number = by_name_[list.name];
    if (!number) number = std::make_unique<Number>(0);
    by_id_.push_back(number.get());
  }
}

void ListHits::add_to(std::map<std::string, std::uint64_t>& sums) const {
  const std::lock_guard lock(mutex_);
  for (const auto& [name, number] : by_name_)
    if (const auto value = number->load(std::memory_order_relaxed); value > 0) sums[name] += value;
}

}  // namespace breakwater::app
