#pragma once

#include <atomic>
#include <chrono>
#include <string>
#include <vector>

#include "proxy/selftest/plan.h"
#include "proxy/selftest/prober.h"

namespace breakwater::selftest {

/// What went wrong for one group at one site.
struct Miss {
  std::string group;
  std::vector<std::string> ways;  ///< by which it did, see to_text() of door.h
  std::string why;                ///< "let through (default)"
  std::string action;             ///< what to do, as a sentence
};

/// What became of one target.
struct Check {
  Target target;
  std::vector<Miss> misses;  ///< by group; none: all as it should be
  std::string seen;          ///< of what the policy may have as it likes: "let through", "blocked"
};

/// Who asks for a run where nobody does.
inline constexpr std::string_view kBySchedule = "schedule";
inline constexpr std::string_view kMadeUp = "schedule, made up";  ///< the gateway did not run at the time
inline constexpr std::string_view kByChange = "change";

/// One self-test from its beginning to its end.
struct Run {
  std::string id;  ///< "S-7QK4M-2XP9D"
  std::string by;  ///< who asked for it; kBySchedule, kMadeUp, kByChange
  std::chrono::sys_time<std::chrono::milliseconds> time;
  std::chrono::milliseconds took{};
  std::string failure;  ///< why it could not be done; "": it was
  std::vector<std::string> groups;
  std::vector<std::string> doors;  ///< kinds of ways in, see to_string() of door.h
  std::uint64_t probes = 0;
  std::vector<Check> checks;
  std::uint32_t lists_version = 0;
  std::string policy;  ///< the first digits of the SHA-256 of its file
  std::size_t missed() const;
  bool passed() const { return failure.empty() && missed() == 0; }
};

/// Whether what came back is what had to; nullopt: it is. `why` and `action` of the miss say what else.
/// `way`: by which it was asked, as people read it.
std::optional<Miss> judge(const Target& target, const std::string& group, const std::string& way, const Answer& answer);

/// Asks for everything of the plan, one after the other and by every door, and fills in checks, groups, doors, probes,
/// duration and failure. Ends early where a door is silent three times in a row, or where `ending`.
void carry_out(Run& run, const std::vector<Target>& targets, std::vector<Prober>& probers,
               const std::atomic<bool>& ending);

}  // namespace breakwater::selftest
