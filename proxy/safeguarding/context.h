#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "categories/siphash.h"
#include "proxy/safeguarding/episode.h"

namespace breakwater::safeguarding {

/// Which hosts people have lately asked for: a ring in memory alone, which forgets the oldest. What of it belongs to an
/// episode is copied out of it; nothing else ever leaves it. A host that the same person asks for again within kAgain
/// is noted once, as long as few others came between. People are keyed hashes, and take no memory of their own.
///
/// For one thread. A fixed number of entries; noting allocates nothing once the ring is full.
class Context {
 public:
  static constexpr std::size_t kEntries = 32'768;  ///< of each worker: at most 12 MiB
  static constexpr std::chrono::seconds kAgain{60};

  Context();

  /// `person` is rules::person_key().
  void note(Milliseconds time, std::string_view person, std::string_view host, rules::Action action);
  /// Of one person from `from` to `until`, both included, in the order in which it was noted. Looks at every entry: a
  /// millisecond or two.
  std::vector<Visit> of(std::string_view person, Milliseconds from, Milliseconds until) const;

 private:
  struct Entry {
    Milliseconds time;
    std::uint64_t person = 0;
    std::string host;
    rules::Action action = rules::Action::allow;
  };
  struct Seen {
    std::uint64_t what = 0;
    Milliseconds time;
  };
  std::uint64_t hash(std::string_view text) const { return categories::siphash(key_, text); }

  categories::SipKey key_;
  std::vector<Entry> ring_;
  std::size_t next_ = 0;  ///< once the ring is full: the oldest
  std::array<Seen, 1024> seen_{};
};

/// Adds what several workers know to a context, by time; without doubles, at most kMostVisits, the latest.
inline constexpr std::size_t kMostVisits = 500;
void merge(std::vector<Visit>& context, std::vector<Visit> more);

}  // namespace breakwater::safeguarding
