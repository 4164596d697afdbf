#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "rules/policy_file.h"

namespace breakwater::snapshot {

/// The events of a policy's calendars, by timetable.
struct CalendarEvents {
  std::map<std::size_t, std::vector<rules::Timetable::Event>> by_timetable;
  std::vector<std::filesystem::path> inputs;  ///< files that were read

  void put_into(rules::Policy& policy) const;
};

/// How the lists of a download are called among those that are staged.
std::string staged_name(const rules::Calendar& calendar);

/// Where downloaded calendars are kept in a state directory, a folder each.
std::filesystem::path calendars_folder(const std::filesystem::path& state);

/// Reads the events from a month before `now` to more than a year after it. One that was not downloaded so far is a
/// warning; one that cannot be read is an error in `diagnostics`.
CalendarEvents read_calendars(const rules::PolicyFile& policy, const std::filesystem::path& state,
                              const std::map<std::string, std::filesystem::path>& staged, rules::SysSeconds now,
                              categories::Diagnostics& diagnostics);

}  // namespace breakwater::snapshot
