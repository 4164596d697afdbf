#pragma once

#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>

#include "proxy/alerts/store_notice.h"
#include "proxy/safeguarding/recorder.h"

namespace breakwater::app {

/// Something that lasts is told once it has lasted for a while, and once a day from then on.
class Incident {
 public:
  using Steady = std::chrono::steady_clock;
  static constexpr std::chrono::hours kAgain{24};

  enum class Now : std::uint8_t { well, wrong };
  /// Is it to be told now?
  bool is_due(Now now, Steady::time_point time, std::chrono::milliseconds after);
  /// How long it has lasted.
  std::chrono::milliseconds age(Steady::time_point time) const;

 private:
  std::optional<Steady::time_point> begun_;
  std::optional<Steady::time_point> told_;
};

/// Looks at the store and its disk on a thread of its own, and has people told of what is wrong.
class StoreWatch {
 public:
  struct Options {
    std::filesystem::path state;
    std::function<safeguarding::Milliseconds()> now;                ///< called on its thread
    std::function<void(const alerts::StoreTrouble& trouble)> tell;  ///< the same
    std::uint64_t little_room = safeguarding::kLittleRoom;          ///< MiB
    std::chrono::milliseconds fails_for{60'000};                    ///< a lock or a restart of a disk is no incident
    std::chrono::milliseconds every{5'000};
  };
  /// `recorder` outlives it.
  StoreWatch(const safeguarding::Recorder& recorder, Options options);
  ~StoreWatch();
  StoreWatch(const StoreWatch&) = delete;
  StoreWatch& operator=(const StoreWatch&) = delete;

 private:
  void run();
  void look();

  const safeguarding::Recorder& recorder_;
  const Options options_;
  Incident room_;
  Incident failure_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace breakwater::app
