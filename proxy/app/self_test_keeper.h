#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "proxy/admin/pass_book.h"
#include "proxy/admin/request.h"
#include "proxy/app/clock.h"
#include "proxy/selftest/marks.h"
#include "proxy/selftest/plan.h"
#include "proxy/selftest/run.h"

namespace breakwater::app {

class Safeguarding;

/// The self-tests of a running gateway: at the times of day that the settings name, once at the start where such a time
/// has gone by without, some time after lists or policy have changed, and when the control socket is asked. One at a
/// time, on a thread of its own. Thread-safe.
class SelfTestKeeper {
 public:
  struct Options {
    std::vector<int> at;                       ///< minutes from midnight
    std::chrono::milliseconds after_change{};  ///< 0: not then
    std::filesystem::path state;
  };
  /// What is in force, with what tells two of them apart.
  struct InForce {
    selftest::Basis basis;
    std::uint32_t lists_version = 0;
    std::string policy;  ///< the first digits of its SHA-256
  };
  static constexpr std::size_t kMostWaiting = 8;

  SelfTestKeeper(Options options, const Clock& clock, selftest::Marks& marks, Safeguarding& safeguarding);
  ~SelfTestKeeper();

  void use(InForce in_force);
  /// Once the gateway listens there.
  void start(const std::vector<selftest::Door>& doors);
  /// Breaks off what is going on, and leaves no record of it.
  void stop();
  /// A line for the control socket: "selftest run" answers {"run":"S-..."} at once, "selftest result" what has become
  /// of it so far.
  std::string answer(const admin::Request& request, const admin::Peer& peer);

 private:
  struct Wanted {
    std::string id;
    std::string by;
    std::string group{};
    enum class Tell : std::uint8_t { always, news } tell = Tell::always;  ///< `news`: other misses than the last time
  };

  void work();
  void make_up();
  std::optional<Wanted> next();
  void carry_out(const Wanted& wanted);
  void finish(const selftest::Run& run, Wanted::Tell tell);
  std::string ask(const std::string& by, const std::string& group, const admin::Peer& peer);
  std::string result(const std::string& id) const;

  const Options options_;
  const Clock& clock_;
  selftest::Marks& marks_;
  Safeguarding& safeguarding_;
  std::vector<selftest::Prober> probers_;  ///< of the thread alone
  std::vector<std::string> told_;          ///< what was missed last; of the thread alone
  std::mt19937_64 random_;                 ///< of the thread alone

  mutable std::mutex mutex_;  // of all below but what is atomic
  std::condition_variable wake_;
  std::shared_ptr<const InForce> in_force_;
  std::deque<Wanted> waiting_;
  std::string running_;                                          ///< the run at hand; "": none
  std::deque<std::pair<std::string, std::string>> results_;      ///< the last ones, by run
  std::optional<std::chrono::steady_clock::time_point> change_;  ///< when to run because something has changed
  rules::SysSeconds looked_{};                                   ///< at the clock
  std::atomic<bool> ending_ = false;
  std::thread thread_;
};

}  // namespace breakwater::app
