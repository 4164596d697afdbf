#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <string>

#include "bench/e2e/failure.h"
#include "bench/e2e/histogram.h"
#include "bench/e2e/options.h"

namespace breakwater::bench {

/// What one run saw. `total`, `bytes_total` and the failures include the warm-up: they go with the CPU a proxy used.
struct Report {
  Mode mode = Mode::get;
  std::chrono::nanoseconds measured{0};
  Histogram latency;  ///< of the exchanges that ended in the measured time
  std::uint64_t total = 0;
  std::uint64_t bytes = 0;
  std::uint64_t bytes_total = 0;
  std::uint64_t connections_opened = 0;
  std::array<std::uint64_t, kFailureKinds> failures{};

  void count(Failure failure) { ++failures[static_cast<std::size_t>(failure)]; }
  std::uint64_t errors() const;
};

/// One line, without its end.
std::string to_text(const Report& report);
std::string to_json(const Report& report);

}  // namespace breakwater::bench
