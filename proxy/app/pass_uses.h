#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

namespace breakwater::app {

/// Which people of one worker were let through by which pass since the last look. The lock is the worker's own, and
/// met once a second by who gathers; requests that need no pass do not come here.
class PassUses {
 public:
  using Counts = std::map<std::pair<std::string, std::string>, std::uint64_t>;  ///< pass and rules::person_key -> uses

  void add(std::string_view pass, const std::string& person) {
    const std::lock_guard lock(mutex_);
    ++counts_[{std::string(pass), person}];
  }
  /// What was added since the last call. From any thread.
  Counts take() {
    const std::lock_guard lock(mutex_);
    return std::exchange(counts_, {});
  }

 private:
  std::mutex mutex_;
  Counts counts_;
};

}  // namespace breakwater::app
