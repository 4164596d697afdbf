#include "proxy/auth/failure_limit.h"

#include <algorithm>

namespace breakwater::auth {

void FailureLimit::forget(Entries::iterator entry) {
  by_key_.erase(entry->key);
  entries_.erase(entry);
}

FailureLimit::Time FailureLimit::opens(std::string_view key, Time now) {
  const auto found = by_key_.find(key);
  if (found == by_key_.end()) return now;
  const auto& entry = *found->second;
  if (now - entry.last >= kForget) {
    forget(found->second);
    return now;
  }
  if (entry.failures < kFree) return now;
  constexpr unsigned kDoublings = 6;  // 2^6 s is over kLongest
  const std::chrono::seconds delay{1U << std::min(entry.failures - kFree, kDoublings)};
  return entry.last + std::min(delay, kLongest);
}

void FailureLimit::failed(std::string_view key, Time now) {
  const auto found = by_key_.find(key);
  if (found != by_key_.end()) {
    auto entry = found->second;
    entry->failures = now - entry->last >= kForget ? 1 : entry->failures + 1;
    entry->last = now;
    entries_.splice(entries_.begin(), entries_, entry);
    return;
  }
  if (entries_.size() == kMost) forget(std::prev(entries_.end()));
  entries_.push_front({std::string(key), 1, now});
  by_key_.emplace(entries_.front().key, entries_.begin());
}

void FailureLimit::succeeded(std::string_view key) {
  if (const auto found = by_key_.find(key); found != by_key_.end()) forget(found->second);
}

}  // namespace breakwater::auth
