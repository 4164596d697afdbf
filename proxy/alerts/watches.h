#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "proxy/alerts/outbox.h"
#include "proxy/safeguarding/episode.h"

namespace breakwater::alerts {

/// An episode that somebody has to look at by a certain time.
struct Watch {
  enum class Of : std::uint8_t {
    danger,    ///< the deputy is told once, when nobody has
    incident,  ///< the same posts are reminded until somebody has acknowledged it
  };
  Of of = Of::danger;
  safeguarding::Episode episode;
  std::string device;  ///< of an incident: the name of a machine of the centre's own; "" of any other
  Milliseconds due;
  Milliseconds next;  ///< when something is to be done
  std::uint32_t reminders = 0;
};

/// The watches that run, in one file (0600), so that none ends with the process. One thread at a time.
class Watches {
 public:
  static constexpr std::size_t kMaxWatches = 1000;

  Watches(std::filesystem::path file, Outbox::Tell tell);

  /// On disk when it returns. Nothing where the episode is watched already; the oldest ends, and is told, where there
  /// are too many.
  void add(Watch watch);
  /// Calls `act` for each watch whose `next` has come; it sets the `next` one, or answers Go::end. Writes down what
  /// changed.
  enum class Go : std::uint8_t { on, end };
  void run(Milliseconds now, const std::function<Go(Watch&)>& act);
  const std::vector<Watch>& all() const { return watches_; }

 private:
  void write();

  std::filesystem::path file_;
  Outbox::Tell tell_;
  std::vector<Watch> watches_;  ///< in the order of their beginning
};

}  // namespace breakwater::alerts
