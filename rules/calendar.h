#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "categories/diagnostic.h"
#include "rules/feed.h"
#include "rules/timetable.h"

namespace breakwater::rules {

/// A calendar of the centre's own system that a timetable takes events from, and what its events mean.
struct Calendar {
  std::string name;            ///< also of the folder that keeps what is downloaded
  std::size_t timetable = 0;   ///< index in Policy::timetables
  std::filesystem::path path;  ///< "": it comes by URL
  std::optional<Download> download;
  std::string period;                                      ///< of events that no text fits; "": they do not count
  std::vector<std::pair<std::string, std::string>> texts;  ///< part of a summary or category, lower case -> period
};

/// Reads iCalendar (RFC 5545) and gives the events of `window`, repeated ones unrolled: EXDATE, RDATE and RECURRENCE-ID
/// are followed, cancelled events left out. A time without a zone is the centre's. Never throws; a warning for each
/// event that cannot be read, and for those that overlap. nullopt, with an error in `diagnostics`: no calendar at all,
/// or one that is out of bounds. `file` names it there.
std::optional<std::vector<Timetable::Event>> read_calendar(std::string_view text, const std::string& file,
                                                           const Calendar& calendar, const date::time_zone& zone,
                                                           Timetable::Dates window,
                                                           categories::Diagnostics& diagnostics);

/// Sorts events of one timetable and puts shorter ones on top of longer ones, so that none overlap.
std::vector<Timetable::Event> put_together(const std::vector<Timetable::Event>& events);

}  // namespace breakwater::rules
