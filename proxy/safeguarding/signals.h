#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <unordered_set>
#include <vector>

#include "proxy/safeguarding/attempt.h"
#include "proxy/safeguarding/episode.h"

namespace breakwater::safeguarding {

/// What the attempts of one episode tell of who or what made them, by signs that anybody can check in the records:
///
/// - moment: attempts that follow each other within kMomentGap. Whoever types or clicks makes one moment after the
///   other.
/// - page: a moment with kPageHosts hosts or kPageAttempts attempts: the parts that a browser loads for one page.
/// - repetition: moments that begin with the same host at equal intervals: a program in the background.
/// - search: words of a search stand in the URL; somebody entered them.
/// - approach (plain HTTP): a page asked for by its address, by a link or frame, or a part of a page (see
///   Attempt::approach).
///
/// Person: words of a search; or a page by its address; or, beside pages' parts and repetitions, at least
/// kPersonMoments moments on at least kPersonHosts hosts. App: repetitions are kMostly of all attempts. Page: pages'
/// parts are. Else unclear. A fixed size, whatever comes; a microsecond or two for each attempt.
class Signals {
 public:
  static constexpr std::chrono::milliseconds kMomentGap{2000};
  static constexpr std::uint64_t kPageHosts = 3;
  static constexpr std::uint64_t kPageAttempts =
      6;  ///< a browser that cannot connect tries the same host up to 5 times
  static constexpr std::uint64_t kPersonMoments = 3;
  static constexpr std::uint64_t kPersonHosts = 2;
  static constexpr double kMostly = 0.8;
  static constexpr std::size_t kIntervals = 12;      ///< that are looked at, of each host
  static constexpr std::size_t kLeastIntervals = 5;  ///< fewer do not make a period
  static constexpr double kJitter = 0.15;            ///< of the median, that an equal interval may differ by
  static constexpr std::chrono::seconds kLeastPeriod{5};
  static constexpr std::size_t kLeads = 16;  ///< hosts whose intervals are looked at
  static constexpr std::size_t kCountedHosts = 200;

  /// `when` is time that never goes back.
  void note(std::chrono::milliseconds when, const Attempt& attempt);

  Origin origin() const;
  /// A sentence for each sign, without any name.
  std::vector<std::string> sentences() const;
  std::uint64_t distinct_hosts() const { return hosts_.size(); }
  std::uint64_t plain() const { return plain_; }

 private:
  /// A host that moments begin with.
  struct Lead {
    std::string host;
    std::chrono::milliseconds last{};
    std::uint64_t moments = 0;
    std::uint64_t attempts = 0;
    std::uint64_t page_moments = 0;
    std::uint64_t page_attempts = 0;
    std::uint64_t intervals = 0;
    std::array<std::chrono::milliseconds, kIntervals> latest{};

    /// Between two moments; 0: there is none.
    std::chrono::milliseconds period() const;
  };

  struct Totals {
    std::uint64_t repeated = 0;
    std::chrono::milliseconds period{};  ///< of the lead that repeats most
    std::uint64_t page_moments = 0;
    std::uint64_t page_attempts = 0;
    std::uint64_t moments = 0;  ///< that are neither
    std::uint64_t hosts = 0;    ///< which those begin with
  };

  void begin_moment(std::chrono::milliseconds when, const std::string& host);
  void note_page();
  Totals totals() const;
  Origin origin(const Totals& totals) const;

  std::uint64_t attempts_ = 0;
  std::uint64_t plain_ = 0;
  std::uint64_t searches_ = 0;
  std::uint64_t by_address_ = 0;
  std::uint64_t by_link_ = 0;
  std::uint64_t parts_ = 0;
  std::unordered_set<std::string> hosts_;
  std::vector<Lead> leads_;  ///< the last one stands for all for whom there is no room

  // The moment at hand.
  std::chrono::milliseconds last_{};
  std::size_t lead_ = 0;
  std::uint64_t moment_attempts_ = 0;
  enum class Shape : std::uint8_t { single, page } shape_ = Shape::single;
  std::vector<std::string> moment_hosts_;
};

}  // namespace breakwater::safeguarding
