#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace breakwater::telemetry {

/// Counts what people do in their own time in place of writing it down: requests by slot of kSlot, group, period and
/// category. Thread-safe; what is not taken yet is lost with the process.
class PrivateTally {
 public:
  static constexpr std::chrono::minutes kSlot{15};
  /// Fewer than these are told as "<3": a count of one is a line about somebody.
  static constexpr std::uint64_t kFewest = 3;

  /// A request that began at `time` counts once for each of its categories; as "uncategorised" where it has none.
  void add(std::chrono::sys_seconds time, std::string_view group, std::string_view period,
           std::span<const std::string_view> categories);

  /// The slots that have ended by `now`, each group and period of one as a line of the access log, without its end:
  /// {"time":"...","event":"private_use","minutes":15,"group":"learners","period":"break",
  ///  "categories":{"games":12,"social-media":"<3"}}. `time` is when the slot began.
  std::vector<std::string> take(std::chrono::sys_seconds now);
  /// All of them, at the end.
  std::vector<std::string> take() { return take(std::chrono::sys_seconds::max()); }

 private:
  struct Slot {
    std::chrono::sys_seconds begin;
    std::string group;
    std::string period;
    auto operator<=>(const Slot&) const = default;
  };
  std::mutex mutex_;
  std::map<Slot, std::map<std::string, std::uint64_t, std::less<>>> counts_;
};

}  // namespace breakwater::telemetry
