#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "proxy/safeguarding/central_options.h"

namespace breakwater::safeguarding {

/// Brings the records of this gateway to the central store: what is on disk here, in its order, each once, with the
/// wrapped keys of the days; what is deleted and destroyed here is there too. On a thread of its own that gives way to
/// requests. While the server cannot be reached records wait here, and go on from where the server is. What is there
/// already is never written again: where it is not what this gateway has, nothing is forwarded any more.
class Forwarder {
 public:
  enum class State : std::uint8_t {
    forwarding,  ///< nothing waits, but for what comes at this moment
    waiting,     ///< for the server, or the store here; it is tried again
    forked,      ///< what is there is another chain by the same key
  };
  struct Options {
    std::filesystem::path state;  ///< directory given to serve
    std::string gateway;          ///< its name for people
    CentralOptions central{};
    std::chrono::milliseconds look{500};    ///< between looks for new records
    std::chrono::milliseconds retry{1000};  ///< before it is tried again; it doubles with each try, to a minute
    /// Told at each change, once. Called on its thread; may not throw.
    std::function<void(State, const std::string& message)> on_change{};
  };
  struct Counters {
    std::atomic<std::uint64_t> forwarded{0};  ///< records that came to be there, while this ran
    std::atomic<std::uint64_t> waiting{0};    ///< records that are here alone, as far as it is known
    std::atomic<std::uint64_t> failures{0};   ///< tries that failed
    std::atomic<std::uint64_t> forks{0};      ///< those of them that found another chain
  };

  explicit Forwarder(Options options);
  /// Ends at once; what waits is forwarded at the next start.
  ~Forwarder();

  const Counters& counters() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace breakwater::safeguarding
