#pragma once

#include <chrono>

namespace breakwater::app {

/// The civil clock that rules, log and records go by. Real time, or real time moved by a fixed offset for a
/// demonstration
/// (`serve --clock`), so that a policy can be seen at another hour.
class Clock {
 public:
  using Milliseconds = std::chrono::sys_time<std::chrono::milliseconds>;

  explicit Clock(std::chrono::seconds offset = {}) : offset_(offset) {}
  Milliseconds now() const {
    return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()) + offset_;
  }
  std::chrono::sys_seconds seconds() const { return std::chrono::floor<std::chrono::seconds>(now()); }

 private:
  std::chrono::seconds offset_;
};

}  // namespace breakwater::app
