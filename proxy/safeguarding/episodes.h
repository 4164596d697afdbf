#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "proxy/safeguarding/attempt.h"
#include "proxy/safeguarding/episode.h"
#include "proxy/safeguarding/signals.h"
#include "rules/theme.h"

namespace breakwater::safeguarding {

/// An episode that has opened, grown or closed.
struct EpisodeEvent {
  Episode episode;
  EpisodeNames names;
};

/// Puts attempts together that belong together: of one person (by pseudonym) in one theme, with no pause longer than
/// the policy's gap. An episode opens with its first attempt of danger, or with as many within the theme's window as
/// its threshold says; its earlier attempts count too. It grows when its severity rises, when it becomes surer who it
/// was, when it turns out to be a person, and at 2, 4, 8, ... attempts: at most 64 times. It closes after the
/// gap, or after kLongest, so that what never ends is told anew.
///
/// No I/O and no clock: time is what attempts and advance() say. A clock that goes back ends nothing: what went by
/// until then has gone by, and it counts on from there. Bounded whatever comes: see Limits. What one person sends adds
/// counts, not memory. Deterministic: the same attempts in the same order make the same episodes.
class Episodes {
 public:
  struct Limits {
    std::size_t open = 5'000;  ///< people's themes at a time; beyond, the one that is silent longest ends early
    std::size_t name_bytes = 64 << 20;  ///< of names in all; beyond, more names stay in their attempts' records alone
  };
  using Events = std::vector<EpisodeEvent>;

  static constexpr std::chrono::hours kLongest{24};
  static constexpr std::size_t kMostHosts = 64;   ///< names of an episode's own record
  static constexpr std::size_t kMostTexts = 20;   ///< URLs; searches
  static constexpr std::size_t kTextBytes = 512;  ///< of each of them
  /// Requests that take long are recorded late: this much is no clock that went back.
  static constexpr std::chrono::seconds kDisorder{60};

  explicit Episodes(rules::Safeguarding rules, Limits limits);
  explicit Episodes(rules::Safeguarding rules) : Episodes(std::move(rules), Limits()) {}
  Episodes(Episodes&&) = default;
  Episodes& operator=(Episodes&&) = default;

  /// Another policy from here on.
  void use(rules::Safeguarding rules) { rules_ = std::move(rules); }
  /// Appends what has happened by this attempt to `events`.
  void add(const Attempt& attempt, Events& events);
  /// The same by the time alone.
  void advance(Milliseconds now, Events& events);

  std::size_t open() const { return by_key_.size(); }
  std::size_t name_bytes() const { return name_bytes_; }

 private:
  struct Running {
    std::string key;
    Episode episode;
    EpisodeNames names;
    std::size_t name_bytes = 0;
    Signals signals;
    std::chrono::milliseconds begun{};  ///< this and the others by elapsed_
    std::chrono::milliseconds last{};
    std::deque<std::chrono::milliseconds> recent;  ///< as many as the threshold needs, until it opens
    enum class Told : std::uint8_t { nothing, opened } told = Told::nothing;
    rules::Concern told_severity = rules::Concern::none;
    rules::Confidence told_confidence = rules::Confidence::network;
    bool told_person = false;
    bool cut_short = false;
    std::uint64_t tells_at = 2;
  };
  using List = std::list<Running>;

  void pass(Milliseconds time);
  void close_silent(Events& events);
  void make_room(Events& events);
  bool has_ended(const Running& running) const;
  void end(List::iterator running, Events& events);
  void count(Running& running, const Attempt& attempt);
  void keep(const std::string& name, std::size_t most, std::vector<std::string>& names, Running& running);
  bool has_opened(Running& running, const Attempt& attempt) const;
  static bool has_grown(const Running& running);
  static void tell(Running& running, Stage stage, Events& events);

  rules::Safeguarding rules_;
  Limits limits_;
  std::optional<Milliseconds> clock_;
  std::chrono::milliseconds elapsed_{};
  List quiet_;  ///< not opened yet; in both lists the one that is silent longest first
  List opened_;
  std::unordered_map<std::string_view, List::iterator> by_key_;
  std::size_t name_bytes_ = 0;
};

}  // namespace breakwater::safeguarding
