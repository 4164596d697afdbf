#include "proxy/selftest/marks.h"

namespace breakwater::selftest {

void Marks::add(const End& end, std::shared_ptr<Mark> mark) {
  const std::lock_guard lock(mutex_);
  marks_.insert_or_assign(end, std::move(mark));
  count_.store(marks_.size(), std::memory_order_release);
}

void Marks::remove(const End& end) {
  const std::lock_guard lock(mutex_);
  marks_.erase(end);
  count_.store(marks_.size(), std::memory_order_release);
}

std::shared_ptr<Mark> Marks::find(const End& end) {
  const std::lock_guard lock(mutex_);
  const auto found = marks_.find(end);
  if (found == marks_.end()) return nullptr;
  auto mark = std::move(found->second);
  marks_.erase(found);
  count_.store(marks_.size(), std::memory_order_release);
  return mark;
}

}  // namespace breakwater::selftest
