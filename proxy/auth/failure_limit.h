#pragma once

#include <chrono>
#include <list>
#include <string>
#include <string_view>
#include <unordered_map>

namespace breakwater::auth {

/// Slows down whoever guesses: after kFree failures each further one doubles the time until the next try, up to
/// kLongest. Not thread-safe; the time is the caller's.
class FailureLimit {
 public:
  using Time = std::chrono::steady_clock::time_point;
  static constexpr unsigned kFree = 5;
  static constexpr std::chrono::seconds kLongest{60};
  static constexpr std::chrono::minutes kForget{15};  ///< without a failure
  static constexpr std::size_t kMost = 10'000;  ///< keys; beyond them the one that failed longest ago is forgotten

  /// From when on a try is taken; a time that has passed: now.
  Time opens(std::string_view key, Time now);
  void failed(std::string_view key, Time now);
  void succeeded(std::string_view key);
  std::size_t size() const { return entries_.size(); }

 private:
  struct Entry {
    std::string key;
    unsigned failures = 0;
    Time last{};
  };
  using Entries = std::list<Entry>;

  void forget(Entries::iterator entry);

  Entries entries_;  ///< the latest failure first
  std::unordered_map<std::string_view, Entries::iterator> by_key_;
};

}  // namespace breakwater::auth
