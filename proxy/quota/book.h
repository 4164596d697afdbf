#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "rules/policy.h"

namespace breakwater::quota {

using rules::SysSeconds;

/// Activity is counted in slots of this length: each counts whole, once, whatever was open in it.
inline constexpr std::chrono::seconds kSlot{15};
/// Fewer bytes than this in a slot are no activity: an open page or app that nobody looks at sends HTTP/2 or WebSocket
/// pings (some tens of bytes) and asks for news by and by (a KiB with its heads). They count as bytes all the same.
inline constexpr std::uint64_t kTrickle = 2048;
/// Beyond these whoever was idle longest goes first.
inline constexpr std::size_t kMostPeople = 8192;

/// What moved since it was last handed in, in bytes: whose, and use of which quotas of the policy (bits).
struct Whose {
  std::string person;  ///< rules::person_key
  rules::GroupId group = rules::kNoGroup;
  std::uint32_t quotas = 0;
  auto operator<=>(const Whose&) const = default;
};
using Uses = std::map<Whose, std::uint64_t>;

/// What somebody has used of one quota, in the stretch that holds `last`.
struct Account {
  std::string quota;
  std::chrono::seconds active{};
  std::uint64_t bytes = 0;
  SysSeconds slot{};  ///< the beginning of the last one with use
  std::uint64_t slot_bytes = 0;
  SysSeconds last{};
  // As of `last`, for people to read; what counts is the policy in force.
  std::optional<SysSeconds> until{};  ///< the end of the stretch
  std::optional<std::chrono::minutes> minutes{};
  std::optional<std::uint64_t> most_bytes{};
  bool operator==(const Account&) const = default;
};

struct Person {
  std::string group;  ///< as which they were seen last: its timetable says when a period ends
  std::vector<Account> accounts;
  bool operator==(const Person&) const = default;
};
using People = std::unordered_map<std::string, Person>;  ///< by rules::person_key

/// Quotas that are used up, as bits, until then.
struct Spent {
  std::uint32_t quotas;
  SysSeconds until;  ///< SysSeconds::max(): no end is in sight
  bool operator==(const Spent&) const = default;
};
using SpentMap = std::unordered_map<std::string, std::vector<Spent>>;  ///< by rules::person_key

/// The bits of Subject::spent.
std::uint32_t spent_bits(const SpentMap& spent, const std::string& person, SysSeconds now);

/// How somebody stands with one quota now.
struct Standing {
  std::size_t quota = 0;  ///< index in Policy::quotas
  std::chrono::seconds active{};
  std::uint64_t bytes = 0;
  std::optional<SysSeconds> returns{};  ///< when counting begins anew
  enum class State : std::uint8_t { left, spent } state = State::left;
};

/// Who has used how much. Knows no policy of its own, so that it lasts over reloads: a quota keeps its counts by its
/// name. Somebody who is known by another key from some moment on (an address, then an account) begins at nothing then.
class Book {
 public:
  Book() = default;
  explicit Book(People people) : people_(std::move(people)) {}

  void add(const rules::Policy& policy, const Uses& uses, SysSeconds now);
  SpentMap spent(const rules::Policy& policy, SysSeconds now) const;
  /// All quotas of the group that hold in some period, in the policy's order.
  std::vector<Standing> standing(const rules::Policy& policy, const std::string& person, rules::GroupId group,
                                 SysSeconds now) const;
  /// Drops what ended before `when`.
  void forget_ended(SysSeconds when);
  const People& people() const { return people_; }

 private:
  Person& find_or_add(const std::string& key);

  People people_;
};

}  // namespace breakwater::quota
