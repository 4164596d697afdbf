#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>

#include "proxy/safeguarding/record.h"

namespace breakwater::safeguarding {

/// Is the clock right, before something is deleted by it? One that has jumped years ahead for a moment (a battery, a
/// wrong time server, a mistyped date) would take all evidence with it. What was believed stands in `retention.clock`
/// in the state directory: seconds since 1970, so that `date +%s` can write it. One thread.
class BelievedClock {
 public:
  using Steady = std::chrono::steady_clock;
  static constexpr std::chrono::days kMostAhead{62};  ///< a gateway that was off over the summer
  static constexpr std::chrono::days kSettled{
      7};  ///< then it is believed all the same: nobody lets it be wrong so long

  explicit BelievedClock(const std::filesystem::path& state);

  /// "": it is right, and that is noted. Else why not; nothing may be deleted then. `newest` is the time of the newest
  /// record, for the first time; `time` goes on whatever the clock is set to.
  std::string doubt(Milliseconds now, Milliseconds newest, Steady::time_point time);

 private:
  std::optional<Milliseconds> read() const;

  const std::filesystem::path file_;
  std::optional<Steady::time_point> doubted_;
};

}  // namespace breakwater::safeguarding
