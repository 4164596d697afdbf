#pragma once

#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "rules/verdict.h"

namespace breakwater::portal {

/// A request that was stopped, as its person may see it again.
struct Blocked {
  rules::SysSeconds time;
  std::string reference;
  std::string host;
  std::string reason;                   ///< as in the log
  std::vector<std::string> categories;  ///< names
  rules::Concern concern = rules::Concern::none;
  std::optional<rules::SysSeconds> opens;
  std::uint32_t times = 1;  ///< of the host, for this reason
};

/// Why the last requests of each person were stopped, in memory alone and for the day alone. Thread-safe: one mutex,
/// taken where something is stopped and where somebody looks.
class RecentBlocks {
 public:
  static constexpr std::size_t kPerPerson = 20;
  static constexpr std::size_t kPeople = 2048;  ///< then whoever was stopped longest ago is forgotten

  /// `day` is the civil day: with a new one all that was before is gone. A host that is stopped again
  /// for the same reason has one entry, with the reference of the last time.
  void add(std::chrono::sys_days day, const std::string& person, Blocked blocked);
  /// The newest first.
  std::vector<Blocked> of(std::chrono::sys_days day, const std::string& person) const;
  std::optional<Blocked> find(std::chrono::sys_days day, const std::string& person, std::string_view reference) const;

 private:
  struct Person {
    std::deque<Blocked> blocked;
    std::uint64_t last = 0;
  };
  void make_room();

  mutable std::mutex mutex_;
  std::chrono::sys_days day_;
  std::uint64_t count_ = 0;
  std::unordered_map<std::string, Person> people_;
};

}  // namespace breakwater::portal
