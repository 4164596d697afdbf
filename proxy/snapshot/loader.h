#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "categories/catalogue_builder.h"
#include "categories/diagnostic.h"
#include "rules/engine.h"
#include "rules/rehearsal.h"
#include "rules/self_test.h"

namespace breakwater::snapshot {

struct LoadRequest {
  std::filesystem::path policy;
  rules::Gate gate{};
  std::filesystem::path state{};       ///< empty: nothing is kept, and feeds that come by URL have no lists
  rules::SysSeconds now{};             ///< entries whose day is past are left out
  std::filesystem::path access_log{};  ///< recent visits for the rehearsal; empty: none
  std::string why = "start";           ///< what asked for it
  std::string accept{};                ///< the reason to put in force what the rehearsal objects to; empty: do not
  std::map<std::string, std::filesystem::path> staged{};  ///< lists of feeds to be judged instead of the current ones
  std::optional<std::uint32_t> restore{};                 ///< a version whose lists are to be in force again
};

/// A snapshot made of a policy file and the lists it names, or every reason why there is none.
struct Loaded {
  std::shared_ptr<const rules::Snapshot> snapshot;  ///< nullptr where there was an error, or the rehearsal objected
  categories::Diagnostics diagnostics;
  std::vector<std::filesystem::path> inputs;    ///< files and folders that were read, to be watched
  std::vector<categories::ListOrigin> origins;  ///< of the catalogue's lists
  std::vector<rules::SelfTest> self_tests;      ///< of the policy
  std::uint64_t entries = 0;
  std::uint32_t version = 0;                  ///< of the lists in force; 0: none is kept
  std::optional<rules::Rehearsal> rehearsal;  ///< where the lists are others than those in force
  std::optional<rules::SysSeconds>
      changes_at;  ///< when an entry that holds now ends, or calendars are to be read again
};

/// Reads, compiles and resolves, for a look: nothing is put in force. With a state directory what was compiled before
/// is used again. Takes seconds for millions of entries: not for a worker's thread.
Loaded look(const LoadRequest& request);

/// The same, rehearses the lists where they are others than those in force, and records them as a version. Where the
/// rehearsal objects, and nobody accepts it, what is in force in the state directory stays. `rehearse_only` ends before
/// anything is recorded.
enum class Extent : std::uint8_t { rehearse_only, put_in_force };
Loaded put_in_force(const LoadRequest& request, Extent extent = Extent::put_in_force);

/// The policy with the lists that are in force in the state directory, whatever is on disk now: for a start at which
/// put_in_force() found the lists unusable.
Loaded last_good(const LoadRequest& request);

/// The name of the centre in a policy file; "" where it cannot be read so far.
std::string centre_of(const std::filesystem::path& policy);

/// The time zone that a policy file names; nullptr where it cannot be read so far.
const date::time_zone* zone_of(const std::filesystem::path& policy);

/// The whole of a file, or nothing and the reason in `error`.
std::optional<std::string> read_file(const std::filesystem::path& file, std::string& error);

}  // namespace breakwater::snapshot
